#pragma once

/// snapshot: takes, publishes and audits snapshots of production. What copying means is the
/// engine's business; what may be written is the gate's. This file: taking one.

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"
#include "model/metadata.hpp"
#include "model/plan.hpp"

namespace tidegate::journal {
class Journal;
}

namespace tidegate::snapshot {

/// Takes a verified snapshot of production, with the plan's retries, within the run's time limit.
/// On any failure the previous snapshot is still the published one; what this run staged is gone,
/// or is cleared by the next holder of the lease. From the commit point on the new one is complete
/// for every reader, even if this process dies. May be repeated after any failure.
/// @returns the metadata published (`run.elapsed()` says how long it took). Recorded in `journal`,
/// well or not.
/// @throws Error refused (gate, a credential that could write production, what cannot be carried),
/// not_found (production, or a collection listed by name), no_space, conflict, verification,
/// remote (the source keeps changing), and what engines throw.
Metadata take(Run& run, engine::Engine& engine, const Gate& gate, journal::Journal& journal,
              const SnapshotPlan& plan, engine::LeaseWish wish = {});

}  // namespace tidegate::snapshot
