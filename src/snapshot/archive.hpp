#pragma once

/// Taking a snapshot as an archive: a file in a directory or an object store.

#include <optional>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/plan.hpp"
#include "snapshot/retain.hpp"

namespace tidegate::journal {
class Journal;
}

namespace tidegate::snapshot {

struct ArchiveTaken {
  archive::Entry entry;            ///< the new one; its metadata is what the sidecar says
  std::vector<Sentence> retained;  ///< every archive there was afterwards, oldest first, the new
                                   ///< one among them: which of them have gone, and why
  /// Why what should go was not all removed; empty when it was. The archive is taken nevertheless,
  /// and the next run removes the rest.
  std::string retention_trouble;
};

/// Takes an archive of production, with the plan's retries, within the run's time limit. It appears
/// when it is whole, and old ones go (Retention) only after that. On any failure nothing appears,
/// nothing is removed, and what this run wrote is gone, or is cleared by the next holder of the
/// lock. Production is only read. May be repeated after any failure.
/// `plan.archives` must be there. `store` is opened for it. Recorded in `journal`, well or not.
/// @throws Error refused (a credential that could write production, what cannot be carried),
/// not_found (production, or a collection listed by name), no_space (with sizes), conflict (another
/// run holds the place longer than `wish` waits), permission, and what engines and stores throw.
ArchiveTaken take_archive(Run& run, engine::Engine& engine, archive::Store& store,
                          journal::Journal& journal, const SnapshotPlan& plan,
                          engine::LeaseWish wish = {});

}  // namespace tidegate::snapshot
