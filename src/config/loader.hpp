#pragma once

/// From file, environment and flags to a checked Config.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace tidegate::config {

/// Everything that configuration may come from.
struct Sources {
  Flags flags;
  Environment environment;
  EngineDatabases engine_databases;
  /// Where a file is looked for when neither `--config` nor `TIDEGATE_CONFIG` names one.
  std::vector<std::string> places{"./tidegate.yaml", "/etc/tidegate/tidegate.yaml"};
  /// `key=value`, each in place of what the file says (`--set`).
  std::vector<std::string> replaced{};
};

/// `if_there`: a file that is named must be there, another is read where it is found (`pr plan`).
/// `none`: only flags, environment and defaults (`init`, `demo`, `completion` …).
enum class FileNeed { required, if_there, none };

/// Finds, reads and checks the configuration. Values with `${NAME}` are checked when they are
/// resolved. Relative paths in the file are relative to the working directory.
/// Where no file is named and none found, the environment alone may do (environment.hpp).
/// @throws Error config: all that is wrong, a line each: `tidegate.yaml:12: …`; or no file, with
/// the places looked at.
Config load(const Sources& sources, Redactor& redactor, FileNeed need = FileNeed::required);

/// The same with a file's text at hand; `name` is what messages call it.
Config load_text(std::string_view text, std::string name, const Sources& sources,
                 Redactor& redactor);

/// Largest file that is read.
inline constexpr std::size_t k_largest_file = 1024UL * 1024;

}  // namespace tidegate::config
