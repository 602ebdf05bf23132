#pragma once

/// snapshot: takes, publishes and verifies snapshots of production. The engine knows how to copy;
/// the gate decides what may be written. This file: taking a snapshot.

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
/// After any failure the previous snapshot is still the published one; data staged by this run is
/// removed, or the next holder of the lease removes it. From the commit point on, the new snapshot
/// is complete for every reader, even if this process dies. May be repeated after any failure.
/// @returns the published metadata (`run.elapsed()` has the duration). The outcome is recorded in
/// `journal`.
/// @throws Error refused (the gate, a credential that could write production, or objects that
/// cannot be copied), not_found (production, or a collection listed by name), no_space, conflict,
/// verification, remote (the source keeps changing), and the errors of engines.
Metadata take(Run& run, engine::Engine& engine, const Gate& gate, journal::Journal& journal,
              const SnapshotPlan& plan, engine::LeaseWish wish = {});

}  // namespace tidegate::snapshot
