#pragma once

/// The flags of the command line: those of config's option table, and the commands' own.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/parse/commands.hpp"

namespace tidegate::cli {

/// One flag as help, completion and the parser see it.
struct Flag {
  std::string name, metavar, help, default_value;
  std::string former_name{};  ///< still taken, and shown nowhere; may be empty
  std::vector<std::string> choices;
  bool takes_value = false, optional_value = false, repeated = false, maybe_empty = false;
  bool global = false;
};

/// The flags of a command, its own first; the global ones last.
std::vector<Flag> flags_of(const Command& command);
std::vector<Flag> global_flags();

/// Every flag of every command, each once, by its name. The value is optional for a flag that takes
/// one with only some commands.
std::map<std::string, Flag> all_flags();

/// The name of a flag that is given by the name it had before.
std::string current_name(std::string_view name);

/// `'restore', 'drop'`: the commands that take the flag.
std::string commands_with(std::string_view flag);

}  // namespace tidegate::cli
