#pragma once

/// The restore drill: tests that an archive can be restored.

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

struct RestoreTestResult {
  archive::Entry entry;
  engine::VerifyReport report;  ///< the restored copy compared with the archive's metadata
  bool learnt = false;          ///< whether its checksums were recorded beside it
};

/// Restores the newest archive (or the one named) into a scratch database, `tidegate_drill_<name>`,
/// which no reader sees, compares it with the archive's metadata, and drops it in every case. The
/// next drill removes data left by an interrupted one.
/// When the copy is equal, Store::amend records this and any checksums that the metadata lacks; a
/// failure of that is only a warning. A difference is a result, not an error: the caller turns it
/// into exit code 10. A drill is not retried.
/// `engine` needs a credential that may create databases, like those of targets.
/// @throws Error refused (the scratch database belongs to something else, or a credential that
/// could write production), not_found, verification (the archive is damaged), no_space, conflict,
/// and the errors of engines and stores.
RestoreTestResult drill(Run& run, engine::Engine& engine, archive::Store& store, const Gate& gate,
                        journal::Journal& journal, const SnapshotPlan& plan,
                        const std::string& name = {}, engine::LeaseWish wish = {});

}  // namespace tidegate::snapshot
