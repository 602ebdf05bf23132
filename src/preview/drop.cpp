#include "preview/drop.hpp"

#include <fmt/format.h>

#include "base/retry.hpp"
#include "preview/seed.hpp"
#include "preview/target_lock.hpp"
#include "snapshot/copying.hpp"
#include "snapshot/record.hpp"

namespace tidegate::preview {
namespace {

DropOutcome drop_once(Run& run, engine::Engine& engine, const Gate& gate, const DropPlan& plan,
                      engine::LeaseWish wish, const WriteConditions& of) {
  const auto permission = permit_now(run, engine, gate, plan.target);
  if (!engine.inspect(run, permission.database()).exists) {
    run.progress().step(Mark::ok, "dropped", "nothing to do: it is already gone");
    return DropOutcome::already_gone;
  }
  require_write_rights(run, engine, plan, permission.database());
  const auto lease = engine.lease(run, permission, wish);
  snapshot::say_recovered(run, *lease);
  permit_now(run, engine, gate, plan.target, of.require_unchanged);  // locked meanwhile?
  engine.drop(run, *lease);
  if (run.mode() == Mode::real) {
    run.progress().step(Mark::ok, "dropped", permission.database().text());
  }
  return DropOutcome::dropped;
}

}  // namespace

Dropped drop(Run& run, engine::Engine& engine, const Gate& gate, journal::Journal& journal,
             const DropPlan& plan, Leave leave, engine::LeaseWish wish, const WriteConditions& of) {
  const auto database = gate.database_of(plan.target);  // before any connection is used
  const snapshot::Entry entry{"drop", plan.name, "", database.text(), plan.target.text};
  Dropped result{DropOutcome::already_gone, database, {}};
  snapshot::recorded(run, journal, entry, [&] {
    run.progress().begin(plan.name,
                         fmt::format("{} {} {}", leave == Leave::seed ? "empty" : "drop",
                                     plan.target.text, database.text()),
                         "");
    const auto what = fmt::format("drop of '{}'", plan.target.text);
    retry(run, plan.limits.retries + 1, {}, what, [&](int) {
      const bool committed = run.shielded();  // by an earlier try
      if (leave == Leave::seed) {
        result.metadata =
            committed ? snapshot::finish_committed(run, engine, gate.permit(plan.target, {}))
                      : seed(run, engine, gate, plan, wish, of);
        result.outcome = DropOutcome::seeded;
        return;
      }
      const auto outcome = drop_once(run, engine, gate, plan, wish, of);
      // It no longer exists because an earlier try did more than it could report.
      result.outcome = committed ? DropOutcome::dropped : outcome;
    });
    return result.metadata;
  });
  return result;
}

}  // namespace tidegate::preview
