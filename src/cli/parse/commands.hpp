#pragma once

/// Every command by name: its arguments, its own flags, help, and its function, as a row beside
/// that function (cli/commands/). Help, completion and the parser read this table.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::cli {

class CommandContext;
struct Invocation;

/// maybe_empty: `--labels ""` says that there are none.
enum class FlagValue { none, required, maybe_empty, optional, repeated };

/// A flag that only the command line has, besides those of config's option table.
struct LocalFlag {
  std::string_view name;  ///< `--keep`
  FlagValue value = FlagValue::none;
  std::string_view metavar{};
  std::string_view help{};
  std::string_view former_name{};  ///< still taken, and shown nowhere
};

struct Example {
  std::string_view command_line, says;
};

/// How much of the configuration a command needs.
enum class Needs { nothing, file_if_there, file };

struct Command {
  std::string_view name;       ///< `drop`, or of two words: `pr plan`
  std::string_view arguments;  ///< as in help: `[DB/]TARGET`
  int least_arguments = 0, most_arguments = 0;
  std::string_view choices{};  ///< of the first argument: `show|check|schema`
  std::string_view summary;    ///< one line of the list of commands
  std::string_view details;    ///< paragraphs of its own help
  std::vector<LocalFlag> flags{};
  std::vector<Example> examples{};
  Needs needs = Needs::nothing;
  int (*run)(CommandContext&, const Invocation&) = nullptr;  ///< @returns the exit code
};

/// In the order in which people meet them.
std::span<const Command> commands();
const Command* find_command(std::string_view name);
/// As config's option table calls it: `pr plan` → `pr-plan`.
std::string option_name(const Command& command);

/// The first words of names of two words: `pr`. Each has a summary of its own, and is no command.
struct Group {
  std::string_view name;
  std::string_view summary;
};
std::span<const Group> groups();
const Group* find_group(std::string_view name);
/// `pr` → `plan`, `sync` …
std::vector<std::string> second_words(const Group& group);
/// `restore`, `pr`: the possible first words, in order, each once.
std::vector<std::string> first_words();

/// `show|check|schema` → its parts.
std::vector<std::string> split_choices(std::string_view choices);

}  // namespace tidegate::cli
