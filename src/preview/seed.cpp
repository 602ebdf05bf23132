#include "preview/seed.hpp"

#include <fmt/format.h>

#include "base/duration.hpp"
#include "base/within.hpp"
#include "preflight/rights.hpp"
#include "snapshot/copying.hpp"

namespace tidegate::preview {
namespace {

/// Publishes an empty copy, so that the marker and the empty database appear together.
Metadata empty(Run& run, engine::Engine& engine, const Gate& gate, const DropPlan& plan,
               engine::Lease& lease, const WriteConditions& of) {
  snapshot::CopyOutcome nothing;
  engine::StageRequest request{lease.target().database(), {}, {}};
  request.parallel = plan.copy.parallel;
  if (!plan.seed.by_application()) request.owner = plan.copy.owner;
  nothing.staged = engine.stage(run, request, lease);
  auto metadata = snapshot::describe(run, nothing);
  metadata.method = "seed";
  metadata.target = lease.target().label();
  if (plan.target.number) {
    metadata.pull_request =
        PullRequestOrigin{plan.repository, plan.target.number->value(), plan.commit};
  }
  if (plan.seed.by_application()) {
    metadata.locked = of.lock;
  } else {
    metadata.status = Status::publishing;  // the lock is recorded after filling, because a retry
                                           // must still be allowed
  }
  permit_now(run, engine, gate, plan.target, of.require_unchanged);  // locked meanwhile?
  snapshot::publish(run, engine, nothing, metadata, lease, "");
  return metadata;
}

void say_seeded(Run& run, engine::Engine& engine, const DatabaseName& database,
                std::chrono::milliseconds took) {
  const auto found = engine.inspect(run, database);
  if (found.items.empty()) {
    run.progress().step(Mark::warning, "seeded", "and empty: the seed data has nothing in it");
    return;
  }
  run.progress().step(
      Mark::ok, "seeded",
      fmt::format("{} in {}", counted(static_cast<std::int64_t>(found.items.size()), "collection"),
                  tidegate::to_text(took)));
}

void fill_in(Run& run, engine::Engine& engine, const DropPlan& plan, Metadata& metadata,
             engine::Lease& lease, const std::optional<LockRecord>& lock) {
  const auto before = run.elapsed();
  engine.seed(run, {plan.seed, plan.copy.owner}, lease);
  metadata.status = Status::complete;
  metadata.locked = lock;
  metadata.finished_at = run.clock().now();
  engine.note(run, metadata, lease);
  if (run.mode() == Mode::real) {
    say_seeded(run, engine, lease.target().database(), run.elapsed() - before);
  }
}

}  // namespace

void require_write_rights(Run& run, engine::Engine& engine, const DropPlan& plan,
                          const DatabaseName& database) {
  using preflight::ProductionWrites;
  preflight::require_rights(
      run, engine,
      {plan.name,
       {},
       database,
       plan.topology.production,
       plan.copy.allow_write_access ? ProductionWrites::accept : ProductionWrites::refuse,
       plan.topology.snapshot,
       plan.endpoint.sign_in_wait});
}

Metadata seed(Run& run, engine::Engine& engine, const Gate& gate, const DropPlan& plan,
              engine::LeaseWish wish, const WriteConditions& of) {
  const auto permission = permit_now(run, engine, gate, plan.target);
  require_write_rights(run, engine, plan, permission.database());
  const auto lease = engine.lease(run, permission, wish);
  snapshot::say_recovered(run, *lease);
  if (plan.seed.by_application()) {
    auto metadata = empty(run, engine, gate, plan, *lease, of);
    if (run.mode() == Mode::real) {
      run.progress().step(Mark::ok, "seeded", "empty, for the application to fill");
    }
    return metadata;
  }
  LimitedRun emptying(run, {}, run.id());  // after its commit point the run can still be stopped
  auto metadata = empty(emptying.run(), engine, gate, plan, *lease, of);
  fill_in(run, engine, plan, metadata, *lease, of.lock);
  return metadata;
}

}  // namespace tidegate::preview
