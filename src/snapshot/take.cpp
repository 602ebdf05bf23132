#include "snapshot/take.hpp"

#include <fmt/format.h>

#include "base/retry.hpp"
#include "base/utc.hpp"
#include "preflight/rights.hpp"
#include "preflight/space.hpp"
#include "snapshot/choose.hpp"
#include "snapshot/copying.hpp"
#include "snapshot/record.hpp"

namespace tidegate::snapshot {
namespace {

constexpr auto k_untouched = "the previous snapshot is untouched";

WriteTarget permission_for(const Gate& gate, const SnapshotPlan& plan) {
  if (plan.topology.snapshot) return gate.snapshot(*plan.topology.snapshot);
  throw Error(ErrorKind::config, fmt::format("'{}' has no snapshot database", plan.name),
              fmt::format("set 'databases.{}.snapshot.database'", plan.name));
}

preflight::RightsNeeded rights_for(const SnapshotPlan& plan, const WriteTarget& permission) {
  using preflight::ProductionWrites;
  return {plan.name,
          plan.topology.production,
          permission.database(),
          plan.topology.production,
          plan.copy.allow_write_access ? ProductionWrites::accept : ProductionWrites::refuse,
          {},
          plan.endpoint.sign_in_wait,
          plan.copy.owner,
          plan.selection};
}

/// Two configured databases with the same snapshot database would overwrite each other's snapshot.
void refuse_snapshot_of_another(const SnapshotPlan& plan, const engine::Inventory& before) {
  const auto& production = plan.topology.production.text();
  if (!before.metadata || before.metadata->source.empty() ||
      before.metadata->source == production) {
    return;
  }
  throw Error(ErrorKind::refused,
              fmt::format("'{}' holds the snapshot of '{}', and not of '{}'; nothing was changed",
                          before.database.text(), before.metadata->source, production),
              fmt::format("give 'databases.{}.snapshot.database' a name of its own; if production "
                          "was renamed, drop '{}' by hand first",
                          plan.name, before.database.text()));
}

Metadata take_once(Run& run, engine::Engine& engine, const WriteTarget& permission,
                   const SnapshotPlan& plan, engine::LeaseWish wish) {
  const auto can = engine.capabilities(run);
  preflight::require_rights(run, engine, rights_for(plan, permission));
  say_when_not_one_cut(run, can);
  const auto before = engine.inspect(run, permission.database());
  refuse_snapshot_of_another(plan, before);
  // Chosen before the lease is taken, so that nothing is written when the choice fails. Production
  // is inspected again only when the copy starts over.
  auto items = choose(run, engine, plan).items;
  preflight::require_space(run, items, before);

  const auto lease =
      engine.lease(run, permission, wish);  // finishes or removes the work of an interrupted run
  say_recovered(run, *lease);
  bool first = true;
  const auto ask = [&] {
    if (!std::exchange(first, false)) items = choose(run, engine, plan).items;
    return engine::StageRequest{plan.topology.production, items,           {}, plan.consistency,
                                plan.copy.parallel,       plan.copy.owner, {}, plan.copy.carry};
  };
  auto copied = copy(
      run, engine, *lease, ask, [] { return std::string(); }, k_untouched);

  auto metadata = describe(run, copied);
  metadata.source = plan.topology.production.text();
  metadata.target = permission.label();
  metadata.schema_version = plan.schema_version;
  publish(run, engine, copied, metadata, *lease,
          before.metadata ? "the snapshot of " + to_date(before.metadata->timestamp) : "");
  return metadata;
}

}  // namespace

Metadata take(Run& run, engine::Engine& engine, const Gate& gate, journal::Journal& journal,
              const SnapshotPlan& plan, engine::LeaseWish wish) {
  const Entry entry{"snapshot", plan.name, plan.topology.production.text(),
                    plan.topology.snapshot ? plan.topology.snapshot->text() : "", "snapshot"};
  return recorded(run, journal, entry, [&] {
    const auto permission = permission_for(gate, plan);
    run.progress().begin(plan.name, "production " + plan.topology.production.text(),
                         "snapshot " + permission.database().text());
    Metadata metadata;
    retry(run, plan.limits.retries + 1, {}, fmt::format("snapshot of '{}'", plan.name), [&](int) {
      metadata = run.shielded() ? finish_committed(run, engine, permission)
                                : take_once(run, engine, permission, plan, wish);
    });
    return metadata;
  });
}

}  // namespace tidegate::snapshot
