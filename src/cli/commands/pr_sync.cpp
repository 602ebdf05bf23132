#include <fmt/format.h>

#include "app/database_previews.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "cli/parse/pull_arguments.hpp"
#include "cli/terminal/sync_report.hpp"

namespace tidegate::cli {
namespace {

int run_pr_sync(CommandContext& session, const Invocation& invocation) {
  const auto address = pull_argument(invocation.arguments.front());
  const auto asked =
      invocation.has("--now") ? preview::Trigger::person : preview::Trigger::state_change;
  const auto forge = session.services().forge(session.config());
  auto& run = session.start(session.config().timeout());
  const auto previews = app::database_previews(session.services(), session.shared_config(), run,
                                               address.database, app::SnapshotWait::as_configured);
  auto documents = nlohmann::ordered_json::array();
  std::vector<std::string> lines;
  const auto failures = app::each_in_turn(run, previews, [&](const app::DatabasePreviews& each) {
    const auto synced = preview::sync(run, *forge, *each.backend, each.plan, address.number, asked);
    documents.push_back(synced_json(each.name, synced));
    lines.push_back(synced_line(synced, session.mode()));
  });
  for (const auto& each : failures) {
    documents.push_back(database_failure_json(each));
    lines.push_back(failure_line(each));
  }
  session.finish();
  if (session.json()) {
    session.result({{"number", address.number.value()}, {"databases", documents}});
  } else {
    for (const auto& line : lines) session.result(line);
  }
  return exit_code_of(failures);
}

}  // namespace

Command pr_sync_command() {
  return {
      .name = "pr sync",
      .arguments = "[DB/]N",
      .least_arguments = 1,
      .most_arguments = 1,
      .summary = "bring the preview of pull request N to what its labels ask for",
      .details =
          "Reads the pull request and the database, decides, fills or drops, puts back labels "
          "that "
          "a lock forbids to change, and reports the outcome in comments. The lock is read again "
          "right before anything is destroyed; where GitHub cannot be asked, that counts as "
          "locked. May be run again at any time: a preview that is right already is left alone, "
          "and nothing is reported twice.",
      .flags = {{"--now", FlagValue::none, "",
                 "apply the current source although no new commit has come"}},
      .examples = {{"tidegate pr sync 42", "the previews of all databases of the file"},
                   {"tidegate pr sync syrf/42 --dry-run", "only say what would be done"}},
      .needs = Needs::file,
      .run = run_pr_sync};
}

}  // namespace tidegate::cli
