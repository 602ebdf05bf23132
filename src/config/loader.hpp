#pragma once

/// Makes a checked Config from file, environment and flags.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace tidegate::config {

/// The sources of the configuration.
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
/// Where no file is named and none found, the environment alone may be enough (environment.hpp).
/// @throws Error config: all mistakes, a line each: `tidegate.yaml:12: …`; or there is no file,
/// with the places searched.
Config load(const Sources& sources, Redactor& redactor, FileNeed need = FileNeed::required);

/// The same from the text of a file; messages call it `name`.
Config load_text(std::string_view text, std::string name, const Sources& sources,
                 Redactor& redactor);

/// Largest file that is read.
inline constexpr std::size_t k_largest_file = 1024UL * 1024;

}  // namespace tidegate::config
