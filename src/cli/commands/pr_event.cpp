#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "app/database_previews.hpp"
#include "cli/commands/actions.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "cli/terminal/sync_report.hpp"

namespace tidegate::cli {
namespace {

std::string variable(const CommandContext& session, const char* name) {
  const auto& environment = session.parts().environment;
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

std::string read_event(const CommandContext& session) {
  const auto path = variable(session, "GITHUB_EVENT_PATH");
  if (path.empty()) {
    throw Error(ErrorKind::usage, "GITHUB_EVENT_PATH is not set",
                "this command is for GitHub Actions; elsewhere 'tidegate pr sync N' does the same");
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    throw Error(ErrorKind::usage, fmt::format("the event '{}' cannot be read", path));
  }
  return text.str();
}

/// The file that a variable names; nothing is written where it is not set.
void append(const CommandContext& session, const char* name, const std::string& text) {
  const auto path = variable(session, name);
  if (path.empty() || session.dry_run()) return;
  std::ofstream file(path, std::ios::app | std::ios::binary);
  file << text;
  if (!file.flush()) {
    session.log().warning(fmt::format("'{}' ({}) could not be written", path, name));
  }
}

std::map<std::string, std::string> outputs_of(const preview::SyncResult& synced) {
  return {{"number", std::to_string(synced.number.value())},
          {"action", std::string(to_text(synced.decision.action))},
          {"database", synced.database},
          {"source", std::string(to_text(synced.holds))},
          {"locked", synced.decision.locked ? "true" : "false"},
          {"reason", synced.decision.reason},
          {"outcome", "ok"}};
}

void tell_failure(const CommandContext& session, const Error& error) {
  append(session, "GITHUB_OUTPUT",
         output_lines({{"outcome", std::string(describe(error.kind()).name)}}));
  const auto text =
      error.hint().empty() ? error.message() : fmt::format("{}\n{}", error.message(), error.hint());
  if (!variable(session, "GITHUB_ACTIONS").empty()) {
    session.screen().note(annotation("error", "tidegate", text));
  }
}

int sync_event(CommandContext& session, const Invocation& invocation) {
  const auto forge = session.services().forge(session.config());
  const auto number = number_in_event(read_event(session), forge->repository());
  const auto database = invocation.arguments.empty()
                            ? std::optional<std::string>()
                            : std::optional<std::string>(invocation.arguments.front());
  auto& run = session.start(session.config().timeout());
  const auto previews = app::database_previews(session.services(), session.shared_config(), run,
                                               database, app::SnapshotWait::as_configured);
  auto documents = nlohmann::ordered_json::array();
  std::vector<std::string> lines;
  const auto failures = app::each_in_turn(run, previews, [&](const app::DatabasePreviews& each) {
    const auto synced = preview::sync(run, *forge, *each.backend, each.plan, number);
    documents.push_back(synced_json(each.name, synced));
    lines.push_back(synced_line(synced, session.mode()));
    append(session, "GITHUB_OUTPUT", output_lines(outputs_of(synced)));
    if (!synced.comment.empty()) append(session, "GITHUB_STEP_SUMMARY", synced.comment + "\n");
  });
  for (const auto& each : failures) {
    documents.push_back(database_failure_json(each));
    lines.push_back(failure_line(each));
    tell_failure(session, each.error);
  }
  session.finish();
  if (session.json()) {
    session.result({{"number", number.value()}, {"databases", documents}});
  } else {
    for (const auto& line : lines) session.result(line);
  }
  return exit_code_of(failures);
}

int run_pr_event(CommandContext& session, const Invocation& invocation) {
  try {
    return sync_event(session, invocation);
  } catch (const Error& error) {
    session.finish();
    tell_failure(session, error);
    throw;
  }
}

}  // namespace

Command pr_event_command() {
  return {
      .name = "pr event",
      .arguments = "[DB]",
      .most_arguments = 1,
      .summary = "the same for the pull request of a GitHub Actions event",
      .details =
          "Takes nothing but the number from GITHUB_EVENT_PATH, and reads the rest from GitHub. "
          "Writes number, action, database, source, locked, reason and outcome to GITHUB_OUTPUT, "
          "the status to GITHUB_STEP_SUMMARY, and a failure as an annotation. Needs no checkout.",
      .examples = {{"tidegate pr event", "in a workflow on pull_request"}},
      .needs = Needs::file,
      .run = run_pr_event};
}

}  // namespace tidegate::cli
