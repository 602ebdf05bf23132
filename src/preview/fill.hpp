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

/// Makes the target hold exactly what the source's snapshot holds, with the plan's retries, within
/// the run's time limit. Waits for a first snapshot as the plan says. Before the commit point the
/// target's previous content is whole; after it the next holder of the lease finishes. Never mixes
/// two snapshots: when the snapshot is replaced meanwhile, it warns and starts over from the new
/// one. The target's lock is read from its own metadata, and again right before publishing; then
/// whoever it is filled for is asked too.
/// @returns the metadata published. Recorded in `journal`, well or not.
/// @throws Error not_found (no such target, no complete snapshot after the wait), refused, locked,
/// no_space, conflict, verification, remote, and what engines throw.
/// `source` and `plan` are of one restore.
Metadata fill(Run& run, engine::Engine& engine, Source& source, const Gate& gate,
              journal::Journal& journal, const RestorePlan& plan, engine::LeaseWish wish = {},
              const OnBehalf& of = {});

}  // namespace tidegate::preview
