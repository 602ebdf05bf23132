#pragma once

/// Every command by name: its arguments, its own flags, help, and its function. Help,
/// completion and the parser read this table.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::cli {

class Session;
struct Invocation;

/// A flag that only the command line has, besides those of config's option table.
struct LocalFlag {
  /// maybe_empty: `--labels ""` says that there are none.
  enum class Value { none, required, maybe_empty, optional, repeated };
  std::string_view name;  ///< `--keep`
  Value value = Value::none;
  std::string_view metavar{};
  std::string_view help{};
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
  int (*run)(Session&, const Invocation&) = nullptr;  ///< @returns the exit code
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

// One file each.
int run_init(Session&, const Invocation&);
int run_check(Session&, const Invocation&);
int run_snapshot(Session&, const Invocation&);
int run_restore(Session&, const Invocation&);
int run_drop(Session&, const Invocation&);
int run_status(Session&, const Invocation&);
int run_verify(Session&, const Invocation&);
int run_render(Session&, const Invocation&);
int run_pr_plan(Session&, const Invocation&);
int run_pr_sync(Session&, const Invocation&);
int run_pr_event(Session&, const Invocation&);
int run_reconcile(Session&, const Invocation&);
int run_sweep(Session&, const Invocation&);
int run_gitops(Session&, const Invocation&);
int run_serve(Session&, const Invocation&);
int run_config(Session&, const Invocation&);
int run_demo(Session&, const Invocation&);
int run_help(Session&, const Invocation&);
int run_version(Session&, const Invocation&);
int run_completion(Session&, const Invocation&);

}  // namespace tidegate::cli
