#include "preview/fill.hpp"

#include <fmt/format.h>

#include "base/retry.hpp"
#include "base/utc.hpp"
#include "preflight/rights.hpp"
#include "preflight/space.hpp"
#include "preview/target_lock.hpp"
#include "snapshot/copying.hpp"
#include "snapshot/record.hpp"

namespace tidegate::preview {
namespace {

constexpr auto k_untouched = "what the target held is untouched";

preflight::RightsNeeded rights_for(const RestorePlan& plan, const DatabaseName& database) {
  using preflight::ProductionWrites;
  return {plan.name,
          plan.topology.snapshot,
          database,
          plan.topology.production,
          plan.copy.allow_write_access ? ProductionWrites::accept : ProductionWrites::refuse,
          plan.topology.snapshot,
          plan.endpoint.sign_in_wait,
          plan.copy.owner};
}

Metadata describe(const Run& run, const RestorePlan& plan, const snapshot::CopyOutcome& copied,
                  const OpenedSnapshot& found, const WriteTarget& permission) {
  const auto& source = *found.request.snapshot;
  auto metadata = snapshot::describe(run, copied);
  metadata.timestamp = source.timestamp;  // the time in production, not of this copy
  metadata.consistency = source.consistency;
  metadata.source = found.name;
  metadata.schema_version = source.schema_version;
  metadata.target = permission.label();
  metadata.snapshot = SnapshotOrigin{source.run, source.timestamp, source.source};
  if (plan.target.number) {
    metadata.pull_request =
        PullRequestOrigin{plan.repository, plan.target.number->value(), plan.commit};
  }
  return metadata;
}

Metadata fill_once(Run& run, engine::Engine& engine, Source& source, const Gate& gate,
                   const RestorePlan& plan, engine::LeaseWish wish, const WriteConditions& of) {
  const auto now = engine.capabilities(run).server_time;
  // Rights first: a missing right is named here, before the first read fails without naming it.
  preflight::require_rights(run, engine, rights_for(plan, gate.database_of(plan.target)));
  const auto permission = permit_now(run, engine, gate, plan.target);
  auto found = source.find(run, now);
  const auto before = engine.inspect(run, permission.database());
  preflight::require_space(run, found.request.items, before);

  const auto lease =
      engine.lease(run, permission, wish);  // finishes or removes the work of an interrupted run
  snapshot::say_recovered(run, *lease);
  bool first = true;
  const auto ask = [&] {
    if (!std::exchange(first, false)) {
      found = source.find(run, engine.capabilities(run).server_time);
    }
    return found.request;
  };
  const auto recheck = [&] { return source.replaced_since(run, *found.request.snapshot); };
  auto copied = snapshot::copy(run, engine, *lease, ask, recheck, k_untouched);

  auto metadata = describe(run, plan, copied, found, permission);
  metadata.locked = of.lock;
  permit_now(run, engine, gate, plan.target, of.require_unchanged);  // locked meanwhile?
  snapshot::publish(
      run, engine, copied, metadata, *lease,
      before.metadata ? "what was filled on " + to_date(before.metadata->finished_at) : "");
  return metadata;
}

}  // namespace

Metadata fill(Run& run, engine::Engine& engine, Source& source, const Gate& gate,
              journal::Journal& journal, const RestorePlan& plan, engine::LeaseWish wish,
              const WriteConditions& of) {
  const auto database = gate.database_of(plan.target);  // before any connection is used
  const snapshot::Entry entry{"restore", plan.name, source.place(), database.text(),
                              plan.target.text};
  return snapshot::recorded(run, journal, entry, [&] {
    run.progress().begin(plan.name, "snapshot " + source.place(),
                         fmt::format("{} {}", plan.target.text, database.text()));
    Metadata metadata;
    const auto what = fmt::format("restore of '{}'", plan.target.text);
    retry(run, plan.limits.retries + 1, {}, what, [&](int) {
      metadata = run.shielded()
                     ? snapshot::finish_committed(run, engine, gate.permit(plan.target, {}))
                     : fill_once(run, engine, source, gate, plan, wish, of);
    });
    return metadata;
  });
}

}  // namespace tidegate::preview
