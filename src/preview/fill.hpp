#pragma once

/// preview: fills, drops and reports targets: numbered previews of pull requests and named targets.
/// This file: filling one from a snapshot.

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"
#include "model/metadata.hpp"
#include "model/plan.hpp"
#include "preview/source.hpp"
#include "preview/target_lock.hpp"

namespace tidegate::journal {
class Journal;
}

namespace tidegate::preview {

/// Fills the target with exactly the content of the source's snapshot, with the plan's retries,
/// within the run's time limit. Waits for a first snapshot as the plan says. Before the commit
/// point the target's previous content is intact; after it, the next holder of the lease finishes
/// an interrupted publish. Two snapshots are never mixed: when the snapshot is replaced meanwhile,
/// it warns and starts over from the new one. The target's lock is read from its metadata, again
/// right before publishing, and then `of` is checked as well.
/// @returns the published metadata. The outcome is recorded in `journal`.
/// @throws Error not_found (the target is not configured, or no complete snapshot after the wait),
/// refused, locked, no_space, conflict, verification, remote, and the errors of engines. `source`
/// and `plan` must belong to the same restore.
Metadata fill(Run& run, engine::Engine& engine, Source& source, const Gate& gate,
              journal::Journal& journal, const RestorePlan& plan, engine::LeaseWish wish = {},
              const WriteConditions& of = {});

}  // namespace tidegate::preview
