#pragma once

/// The command line as values. Flags come from config's option table and the commands' own; all are
/// taken before and after the command.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/parse/commands.hpp"

namespace tidegate::cli {

struct Invocation {
  const Command* command = nullptr;    ///< none: `tidegate` alone
  const Group* group = nullptr;        ///< of the command, or alone: `tidegate pr --help`
  std::vector<std::string> arguments;  ///< besides the command's name
  /// `--timeout` → `5m`; a switch → `true`; several values for a flag that may be repeated.
  std::map<std::string, std::vector<std::string>> flags;
  bool help = false;     ///< `-h`, `--help`
  bool version = false;  ///< `--version`

  bool has(std::string_view flag) const { return flags.count(std::string(flag)) > 0; }
  std::optional<std::string> value(std::string_view flag) const;
  /// Of a flag that may be given several times, in their order.
  std::vector<std::string> all(std::string_view flag) const;
  /// Those that config's option table knows.
  std::map<std::string, std::string> option_flags() const;
};

/// @param arguments without the program's name.
/// @throws Error usage: unknown commands and flags (with a "did you mean"), flags of another
/// command, missing or superfluous arguments, a flag without its value.
Invocation parse_arguments(const std::vector<std::string>& arguments);

}  // namespace tidegate::cli
