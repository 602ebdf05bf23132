#pragma once

/// Help as text, made from the command table and config's option table.

#include <string>

#include "cli/parse/commands.hpp"

namespace tidegate::cli {

std::string short_help();  ///< `tidegate` alone
/// Lines of `columns` at most, and never wider than 100.
std::string full_help(int columns = 100);  ///< `tidegate help`
std::string command_help(const Command& command, int columns = 100);
std::string group_help(const Group& group, int columns = 100);  ///< `tidegate pr --help`
std::string errors_help(int columns = 100);                     ///< `tidegate help errors`

}  // namespace tidegate::cli
