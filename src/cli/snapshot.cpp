#include "cli/outcome.hpp"
#include "cli/session.hpp"
#include "snapshot/take.hpp"

namespace tidegate::cli {

int run_snapshot(Session& session, const Invocation& invocation) {
  const auto given = invocation.arguments.empty()
                         ? std::optional<std::string>()
                         : std::optional<std::string>(invocation.arguments.front());
  const auto plan = session.config().snapshot_plan(session.config().one_database(given));
  const Gate gate(plan.topology);
  const auto engine = session.engine(plan.engine, plan.endpoint, plan.copy.metadata_collection);
  auto& run = session.start(plan.limits.timeout);

  const auto metadata = snapshot::take(run, *engine, gate, session.journal(), plan, session.wish());

  session.finish();
  if (session.json()) {
    session.result(outcome_json(metadata, run.elapsed(), session.mode()));
  } else if (session.dry_run()) {
    session.result("dry run: nothing was written");
  } else {
    session.result(outcome_line("snapshot", metadata, run.elapsed()));
  }
  return 0;
}

}  // namespace tidegate::cli
