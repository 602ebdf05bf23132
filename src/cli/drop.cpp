#include "preview/drop.hpp"

#include <fmt/format.h>

#include "base/duration.hpp"
#include "cli/outcome.hpp"
#include "cli/question.hpp"
#include "cli/session.hpp"
#include "model/metadata_json.hpp"

namespace tidegate::cli {
namespace {

std::string said(const preview::Dropped& dropped, std::string_view target, Mode mode) {
  if (mode == Mode::dry_run) return "dry run: nothing was written";
  const auto& database = dropped.database.text();
  switch (dropped.outcome) {
    case preview::DropOutcome::already_gone:
      return fmt::format("{} ({}) is already gone", target, database);
    case preview::DropOutcome::seeded:
      return fmt::format("{} ({}) is empty, and marked for the application to seed", target,
                         database);
    case preview::DropOutcome::dropped:
      break;
  }
  return fmt::format("{} ({}) is dropped", target, database);
}

}  // namespace

int run_drop(Session& session, const Invocation& invocation) {
  const auto& config = session.config();
  const auto address = config.address(invocation.arguments.front(), config::SnapshotWord::refused);
  const auto leave = config.switched_on("--seed") ? preview::Leave::seed : preview::Leave::nothing;
  const config::Recorded recorded{config.given("--repository").value_or(""),
                                  config.given("--commit").value_or("")};
  const auto plan = config.drop_plan(address.database, *address.target, recorded);
  const Gate gate(plan.topology);
  const auto engine = session.engine(plan.engine, plan.endpoint, plan.copy.metadata_collection);
  ask_before(session, *engine, gate, plan.target, "dropped");
  auto& run = session.start(plan.limits.timeout);

  const auto dropped =
      preview::drop(run, *engine, gate, session.journal(), plan, leave, session.wish());

  session.finish();
  if (!session.json()) {
    session.result(said(dropped, plan.target.text, session.mode()));
    return 0;
  }
  nlohmann::ordered_json document;
  document["target"] = plan.target.text;
  document["database"] = dropped.database.text();
  document["dropped"] = dropped.outcome != preview::DropOutcome::already_gone;
  document["seeded"] = dropped.outcome == preview::DropOutcome::seeded;
  document["elapsed_seconds"] = as_seconds(run.elapsed());
  document["run"] = run.id();
  if (session.dry_run()) document["dry_run"] = true;
  session.result(document);
  return 0;
}

}  // namespace tidegate::cli
