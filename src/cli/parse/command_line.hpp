#pragma once

/// The words of a command line: the command, its arguments, its flags.

#include <string>
#include <vector>

#include "base/error.hpp"
#include "cli/parse/arguments.hpp"

namespace tidegate::cli {

/// Splits as getopt_long does: `--flag value` and `--flag=value`; a flag's value may begin with a
/// dash; flags before, between and behind the other words; `--` ends the flags. There are no short
/// flags but `-h`. Checks that there is such a command and such a flag, and nothing else.
/// @throws Error usage.
Invocation split_command_line(const std::vector<std::string>& words);

/// `pr` alone (`typed` is empty), or with an unknown second word.
Error unknown_in(const Group& group, const std::string& typed);

/// Points to the help of a command; nullptr: to the list of commands.
std::string help_hint(const Command* command);

}  // namespace tidegate::cli
