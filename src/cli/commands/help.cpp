#include "cli/parse/help.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/suggest.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"

namespace tidegate::cli {
namespace {

int run_help(CommandContext& session, const Invocation& invocation) {
  const int width = session.screen().out().look.width;
  const auto show = [&](const std::string& text) {
    if (session.json()) {
      session.result(nlohmann::ordered_json{{"help", text}});
    } else {
      session.result(text);
    }
    return 0;
  };
  if (invocation.arguments.empty()) return show(full_help(width));
  const auto topic = fmt::format("{}", fmt::join(invocation.arguments, " "));
  if (topic == "errors") return show(errors_help(width));
  if (const auto* command = find_command(topic)) return show(command_help(*command, width));
  if (const auto* group = find_group(topic)) return show(group_help(*group, width));
  std::vector<std::string> topics{"errors"};
  for (const auto& command : commands()) topics.emplace_back(command.name);
  const auto meant = did_you_mean(topic, topics);
  throw Error(ErrorKind::usage, fmt::format("there is no help on '{}'", topic),
              meant ? fmt::format("did you mean 'tidegate help {}'?", *meant)
                    : "'tidegate help' lists the commands");
}

}  // namespace

Command help_command() {
  return {.name = "help",
          .arguments = "[COMMAND|errors]",
          .most_arguments = 2,
          .summary = "this list, one command, or the kinds of errors",
          .details = "help errors lists every kind of error with its exit code.",
          .run = run_help};
}

}  // namespace tidegate::cli
