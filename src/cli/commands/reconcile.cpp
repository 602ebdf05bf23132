#include "preview/reconcile.hpp"

#include <fmt/format.h>

#include "app/database_previews.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "cli/terminal/sync_report.hpp"
#include "cli/terminal/text.hpp"

namespace tidegate::cli {
namespace {

void tell(const CommandContext& session, const std::string& name,
          const preview::ReconcileResult& result) {
  for (const auto& synced : result.synced) {
    const bool quiet =
        synced.says.empty() && synced.decision.labels.none() && synced.decision.notices.empty();
    if (!quiet) session.result(synced_line(synced, session.mode()));
  }
  for (const auto& each : result.failed) {
    session.result(fmt::format("pr-{}: failed: {}", each.number.value(), each.error.message()));
    if (!each.error.hint().empty()) session.result("  hint: " + each.error.hint());
  }
  for (const auto& stranger : result.strangers) {
    session.result(
        fmt::format("pr-{} ({}): not wanted, and not known to be filled by tidegate: see "
                    "'tidegate sweep'",
                    stranger.number.value(), printable(stranger.database)));
  }
  const auto looked_at = static_cast<std::int64_t>(result.synced.size() + result.failed.size());
  session.result(fmt::format("{}: {} as they should be, {} looked at, {} failed", name,
                             group_digits(result.settled), group_digits(looked_at),
                             group_digits(static_cast<std::int64_t>(result.failed.size()))));
}

nlohmann::ordered_json to_json(const std::string& name, const preview::ReconcileResult& result) {
  nlohmann::ordered_json json{{"name", name}, {"settled", result.settled}};
  for (const auto* key : {"synced", "failed", "strangers"}) {
    json[key] = nlohmann::ordered_json::array();
  }
  for (const auto& each : result.synced) json["synced"].push_back(synced_json(name, each));
  for (const auto& each : result.failed) {
    json["failed"].push_back(
        {{"number", each.number.value()}, {"error", failure_json(each.error)}});
  }
  for (const auto& each : result.strangers) {
    json["strangers"].push_back({{"number", each.number.value()}, {"database", each.database}});
  }
  return json;
}

int run_reconcile(CommandContext& session, const Invocation& invocation) {
  const auto forge = session.services().forge(session.config());
  auto& run = session.start(session.config().timeout());
  const auto previews = app::database_previews(
      session.services(), session.shared_config(), run,
      invocation.arguments.empty() ? std::optional<std::string>()
                                   : std::optional<std::string>(invocation.arguments.front()),
      app::SnapshotWait::none);
  auto documents = nlohmann::ordered_json::array();
  std::vector<std::pair<std::string, preview::ReconcileResult>> results;
  const auto failures = app::each_in_turn(run, previews, [&](const app::DatabasePreviews& each) {
    results.emplace_back(each.name, preview::reconcile(run, *forge, *each.backend, each.plan));
  });
  session.finish();
  int code = exit_code_of(failures);
  for (const auto& [name, result] : results) {
    documents.push_back(to_json(name, result));
    if (!session.json()) tell(session, name, result);
    if (code == 0) code = exit_code_of(result.failed);
  }
  for (const auto& each : failures) {
    documents.push_back(database_failure_json(each));
    if (!session.json()) session.result(failure_line(each));
  }
  if (session.json()) session.result({{"databases", documents}});
  return code;
}

}  // namespace

Command reconcile_command() {
  return {
      .name = "reconcile",
      .arguments = "[DB]",
      .most_arguments = 1,
      .summary = "bring every preview to what its pull request asks for",
      .details =
          "Looks at all open pull requests and at every database of the pattern, so that lost "
          "events do not matter. A failure does not stop the others; the exit code is that of the "
          "first failure.",
      .examples = {{"tidegate reconcile", "by hand, or by cron"},
                   {"tidegate reconcile --dry-run", "what would be done"}},
      .needs = Needs::file,
      .run = run_reconcile};
}

}  // namespace tidegate::cli
