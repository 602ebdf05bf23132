#pragma once

/// Takes a snapshot as an archive: in a directory or an object store.

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
  archive::Entry entry;                     ///< the new archive; its metadata equals the sidecar's
  std::vector<RetentionDecision> retained;  ///< all archives after the run, oldest first, including
                                            ///< the new one: which were removed, and why
  /// Why some old archives could not be removed; empty when all were. The new archive is complete
  /// nevertheless, and the next run removes the rest.
  std::string retention_trouble;
};

/// Takes an archive of production, with the plan's retries, within the run's time limit. The
/// archive appears when it is complete, and only then are old ones removed (Retention). After any
/// failure no archive appears and none is removed; data written by this run is removed, or the next
/// holder of the lock removes it. Production is only read. May be repeated after any failure.
/// `plan.archives` must be set, and `store` must be opened for it. The outcome is recorded in
/// `journal`.
/// @throws Error refused (a credential that could write production, or objects that cannot be
/// copied), not_found (production, or a collection listed by name), no_space (with sizes), conflict
/// (another run holds the store longer than `wish` waits), permission, and the errors of engines
/// and stores.
ArchiveTaken take_archive(Run& run, engine::Engine& engine, archive::Store& store,
                          journal::Journal& journal, const SnapshotPlan& plan,
                          engine::LeaseWish wish = {});

}  // namespace tidegate::snapshot
