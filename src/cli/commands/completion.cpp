#include "cli/parse/completion.hpp"

#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"

namespace tidegate::cli {
namespace {

int run_completion(CommandContext& session, const Invocation& invocation) {
  const auto& shell = invocation.arguments.front();
  auto script = shell == "bash"  ? bash_completion()
                : shell == "zsh" ? zsh_completion()
                                 : fish_completion();
  if (session.json()) {
    session.result(nlohmann::ordered_json{{"shell", shell}, {"script", script}});
  } else {
    session.result(script);
  }
  return 0;
}

}  // namespace

Command completion_command() {
  return {.name = "completion",
          .arguments = "bash|zsh|fish",
          .least_arguments = 1,
          .most_arguments = 1,
          .choices = "bash|zsh|fish",
          .summary = "a completion script for a shell",
          .details = "",
          .examples = {{"source <(tidegate completion bash)", "for this shell"}},
          .run = run_completion};
}

}  // namespace tidegate::cli
