#pragma once

/// The restore drill: an archive is as good as its last restore.

#include <string>

#include "archive/archive.hpp"
#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"
#include "model/plan.hpp"

namespace tidegate::journal {
class Journal;
}

namespace tidegate::snapshot {

struct Drilled {
  archive::Entry entry;
  engine::VerifyReport report;  ///< the restored copy against the archive's metadata
  bool learnt = false;          ///< its checksums are recorded beside it now
};

/// Restores the newest archive (or the one named) into a scratch database, `tidegate_drill_<name>`,
/// where nobody sees it, compares it with the archive's metadata, and drops it, whatever happened;
/// what a dead drill left there is cleared by the next one. When it was equal, that and checksums
/// that the metadata lacks are recorded with it (Store::amend); where that cannot be done, a
/// warning says so. A difference is a result, not an error: the caller makes exit code 10 of it.
/// Not tried again. `engine`: with a credential that may make databases, as those of targets may.
/// @throws Error refused (the scratch database is somebody else's; a credential that could write
/// production), not_found, verification (the archive is damaged), no_space, conflict, and what
/// engines and stores throw.
Drilled drill(Run& run, engine::Engine& engine, archive::Store& store, const Gate& gate,
              journal::Journal& journal, const SnapshotPlan& plan, const std::string& name = {},
              engine::LeaseWish wish = {});

}  // namespace tidegate::snapshot
