#include "cli/parse/help.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "cli/parse/flags.hpp"
#include "cli/terminal/text.hpp"

namespace tidegate::cli {
namespace {

constexpr int k_widest = 100;

/// `  left     words of the right column, wrapped under themselves`
std::string entry(std::string_view left, std::string_view right, int column, int width) {
  auto lines = wrapped(right, width, column);
  if (lines.empty()) lines.emplace_back();
  std::string text = "  " + std::string(left);
  const bool fits = display_width(text) + 2 <= column;
  if (fits && lines.front().size() > static_cast<std::size_t>(column)) {
    text = padded(text, column) + lines.front().substr(static_cast<std::size_t>(column));
  } else if (lines.front().find_first_not_of(' ') != std::string::npos) {
    text += "\n" + lines.front();
  }
  for (std::size_t i = 1; i < lines.size(); ++i) text += "\n" + lines[i];
  return text + "\n";
}

std::string flag_entry(const Flag& flag, int width) {
  std::string left = flag.name;
  if (flag.takes_value) {
    left += flag.optional_value ? fmt::format(" [{}]", flag.metavar) : " " + flag.metavar;
  }
  std::string right = flag.help;
  std::replace(right.begin(), right.end(), '`', '\'');
  if (!flag.default_value.empty()) right += fmt::format(" (default {})", flag.default_value);
  return entry(left, right, 30, width);
}

/// The commands whose names begin with `word`; all commands without it.
std::string list_of_commands(int width, std::string_view word = {}) {
  std::string text;
  for (const auto& command : commands()) {
    if (!word.empty() && !command.name.starts_with(fmt::format("{} ", word))) continue;
    auto left = std::string(command.name);
    if (!command.arguments.empty()) left += " " + std::string(command.arguments);
    text += entry(left, command.summary, 28, width);
  }
  return text;
}

std::string flags_text(const std::vector<Flag>& flags, int width) {
  std::string text;
  for (const auto& flag : flags) text += flag_entry(flag, width);
  return text + entry("-h, --help", "this help", 30, width);
}

}  // namespace

std::string short_help() {
  return "tidegate moves data one way: production -> snapshot -> previews. Nothing it\n"
         "does can reach production.\n\n"
         "  tidegate init             write a configuration file to start from\n"
         "  tidegate check            ask what would stop a run\n"
         "  tidegate snapshot         take a verified snapshot of production\n"
         "  tidegate restore pr-42    fill the preview of pull request 42 from it\n"
         "  tidegate status           what there is, how old, from where\n"
         "  tidegate demo             see all of it on a throwaway server\n\n"
         "'tidegate help' lists every command, 'tidegate COMMAND --help' explains one.";
}

std::string full_help(int columns) {
  const int width = std::min(columns, k_widest);
  std::string text =
      "usage: tidegate [FLAGS] COMMAND [ARGUMENTS]\n\n"
      "Data goes one way: production -> snapshot -> previews. Nothing tidegate does\n"
      "can reach production.\n\ncommands\n";
  text += list_of_commands(width);
  text += "\nflags of every command, before or after it\n" + flags_text(global_flags(), width);
  text +=
      "\nStandard output is the result; progress and log go to standard error. Every flag\n"
      "has an environment name too (--log-level: TIDEGATE_LOG_LEVEL). Exit codes:\n"
      "'tidegate help errors'.";
  return text;
}

std::string command_help(const Command& command, int columns) {
  const int width = std::min(columns, k_widest);
  auto text = fmt::format("usage: tidegate {} [FLAGS]{}{}\n\n", command.name,
                          command.arguments.empty() ? "" : " ", command.arguments);
  for (const auto& line : wrapped(command.summary, width, 0)) text += line + "\n";
  if (!command.details.empty()) {
    text += "\n";
    for (const auto& line : wrapped(command.details, width, 0)) text += line + "\n";
  }
  std::vector<Flag> own, global;
  for (auto& flag : flags_of(command)) (flag.global ? global : own).push_back(std::move(flag));
  if (!own.empty()) {
    text += "\nflags\n";
    for (const auto& flag : own) text += flag_entry(flag, width);
  }
  text += "\nflags of every command\n" + flags_text(global, width);
  if (!command.examples.empty()) {
    text += "\nexamples\n";
    for (const auto& example : command.examples) {
      text += entry(example.command_line, example.says, 48, width);
    }
  }
  text.pop_back();
  return text;
}

std::string group_help(const Group& group, int columns) {
  const int width = std::min(columns, k_widest);
  return fmt::format(
      "usage: tidegate {0} {1} [FLAGS] [ARGUMENTS]\n\n{2}\n\ncommands\n{3}\n"
      "'tidegate {0} {4} --help' explains one.",
      group.name, fmt::join(second_words(group), "|"), group.summary,
      list_of_commands(width, group.name), second_words(group).front());
}

std::string errors_help(int columns) {
  std::string text =
      "exit codes: 0 is success, or nothing to do\n\n  code  kind          retry  meaning\n";
  for (const auto& row : k_error_kinds) {
    text += entry(fmt::format("{:>4}  {:<12}  {:<5}", row.exit_code, row.name,
                              row.retryable ? "helps" : "no"),
                  row.meaning, 29, std::min(columns, k_widest));
  }
  text +=
      "\nWith --json an error is one document on standard output:\n"
      "  {\"error\": {\"kind\", \"message\", \"hint\", \"exit_code\", \"run\"}}";
  return text;
}

}  // namespace tidegate::cli
