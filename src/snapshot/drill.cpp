#include "snapshot/drill.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "preflight/rights.hpp"
#include "preflight/space.hpp"
#include "snapshot/copying.hpp"
#include "snapshot/pick.hpp"
#include "snapshot/record.hpp"

namespace tidegate::snapshot {
namespace {

/// After a stop the program must end within seconds.
constexpr std::chrono::milliseconds k_time_to_drop{60'000}, k_time_after_stop{4'000};

preflight::RightsNeeded drill_rights(const SnapshotPlan& plan, const WriteTarget& scratch) {
  using preflight::ProductionWrites;
  return {plan.name,
          {},
          scratch.database(),
          plan.topology.production,
          plan.copy.allow_write_access ? ProductionWrites::accept : ProductionWrites::refuse,
          {},
          {},
          plan.copy.owner};
}

/// A drill publishes nothing, so visible data in that database was made by something else.
void refuse_strangers(const engine::Inventory& found) {
  if (found.items.empty()) return;
  throw Error(ErrorKind::refused,
              fmt::format("'{}' holds '{}', which no drill has put there; nothing was written",
                          found.database.text(), found.items.front().name),
              "drop or rename that database: names that begin with tidegate_drill_ are tidegate's");
}

/// Drops the scratch database at the end, in every case.
class Scratch {
 public:
  Scratch(Run& run, engine::Engine& engine, engine::Lease& lease)
      : run_(run), engine_(engine), lease_(lease) {}
  ~Scratch() {
    try {
      run_.shield(run_.stop().stop_requested() ? k_time_after_stop : k_time_to_drop);
      engine_.drop(run_, lease_);
    } catch (const Error& error) {
      run_.log().warning(fmt::format("the scratch database '{}' could not be dropped: {}; the next "
                                     "drill drops it",
                                     lease_.target().database().text(), error.message()),
                         {{"run", run_.id()}});
    }
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

 private:
  Run& run_;
  engine::Engine& engine_;
  engine::Lease& lease_;
};

engine::VerifyReport restore(Run& run, engine::Engine& engine, engine::Lease& lease,
                             const engine::StageRequest& request) {
  const Scratch scratch(run, engine, lease);
  const auto staged = engine.stage(run, request, lease);
  if (staged->outcome() != engine::StageOutcome::complete) {
    throw Error(ErrorKind::remote, "the archive changed under the drill: " + staged->reason());
  }
  return engine.verify(run, *staged, lease);
}

/// The metadata, completed with facts that only the restored copy provides.
Metadata enriched(Metadata metadata, const std::vector<Content>& seen) {
  for (auto& content : metadata.contents) {
    const auto found = std::find_if(seen.begin(), seen.end(), [&](const auto& each) {
      return each.name == content.name && !each.checksum.empty() && each.note.empty();
    });
    if (found == seen.end() || !content.checksum.empty()) continue;
    content.documents = found->documents;
    content.bytes = found->bytes;
    content.checksum = found->checksum;
    content.input_checksum = found->input_checksum;
  }
  return metadata;
}

bool lacks_checksums(const Metadata& metadata, const std::vector<Content>& seen) {
  return std::any_of(seen.begin(), seen.end(), [&](const auto& each) {
    const auto* known = metadata.find(each.name);
    return !each.checksum.empty() && each.note.empty() && known != nullptr &&
           known->checksum.empty();
  });
}

/// A failure here is only a warning and does not fail the drill: another run may hold the lock for
/// an hour.
/// @returns whether checksums were added.
bool record(Run& run, archive::Store& store, const SnapshotPlan& plan, SystemTime begun,
            RestoreTestResult& drilled, engine::LeaseWish wish) {
  if (!drilled.report.equal()) return false;
  const bool learns = lacks_checksums(drilled.entry.metadata, drilled.report.contents);
  try {
    const auto lock = store.lock(run, plan.name, wish.wait);
    drilled.entry.drilled = begun;
    drilled.entry.metadata = enriched(drilled.entry.metadata, drilled.report.contents);
    store.amend(run, drilled.entry, drilled.entry.metadata, *lock);
    return learns && run.mode() == Mode::real;
  } catch (const Error& error) {
    run.progress().step(Mark::warning, "drill",
                        fmt::format("not recorded beside the archive: {}", error.message()));
  }
  return false;
}

void say(Run& run, const RestoreTestResult& drilled) {
  const auto& differences = drilled.report.differences;
  if (!differences.empty()) {
    run.progress().step(Mark::failed, "drill",
                        counted(static_cast<std::int64_t>(differences.size()), "difference"));
    return;
  }
  run.progress().step(Mark::ok, "drill",
                      fmt::format("{} restored: {}, equal to what was recorded{}",
                                  drilled.entry.name, counted_kinds(drilled.report.contents),
                                  drilled.learnt ? "; checksums recorded" : ""));
}

RestoreTestResult drill_once(Run& run, engine::Engine& engine, archive::Store& store,
                             const Gate& gate, const SnapshotPlan& plan, const std::string& name,
                             engine::LeaseWish wish) {
  const auto begun = run.clock().now();
  const auto permission = gate.scratch(plan.name);
  engine.capabilities(run);
  preflight::require_rights(run, engine, drill_rights(plan, permission));
  RestoreTestResult drilled{pick(run, store, plan.name, name), {}};
  const auto before = engine.inspect(run, permission.database());
  refuse_strangers(before);
  const auto items = engine::items_of(drilled.entry.metadata);
  preflight::require_space(run, items, before);
  const auto fetched = store.fetch(run, drilled.entry);

  const auto lease = engine.lease(run, permission, wish);
  say_recovered(run, *lease);
  drilled.report =
      restore(run, engine, *lease,
              {plan.topology.production, items, drilled.entry.metadata, ConsistencyWish::prefer,
               plan.copy.parallel, plan.copy.owner, fetched->path(), plan.copy.carry});
  drilled.learnt = record(run, store, plan, begun, drilled, wish);
  say(run, drilled);
  return drilled;
}

RunVerdict judge(const RestoreTestResult& drilled) {
  RunVerdict judged{drilled.entry.metadata, {}};
  if (drilled.report.equal()) return judged;
  const auto& first = drilled.report.differences.front();
  judged.verdict = Error(
      ErrorKind::verification,
      fmt::format("'{}' restores to something else; the first difference: '{}': "
                  "{} should be {}, is {}",
                  drilled.entry.name, first.collection, first.what, first.expected, first.found));
  return judged;
}

}  // namespace

RestoreTestResult drill(Run& run, engine::Engine& engine, archive::Store& store, const Gate& gate,
                        journal::Journal& journal, const SnapshotPlan& plan,
                        const std::string& name, engine::LeaseWish wish) {
  const Entry entry{"drill", plan.name, store.place(), "", "snapshot"};
  std::optional<RestoreTestResult> drilled;
  recorded(run, journal, entry, [&] {
    run.progress().begin(plan.name, "archives " + store.place(), "a scratch database");
    drilled = drill_once(run, engine, store, gate, plan, name, wish);
    return judge(*drilled);
  });
  return *drilled;
}

}  // namespace tidegate::snapshot
