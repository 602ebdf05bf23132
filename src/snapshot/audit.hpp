#pragma once

/// The `verify` command: compares a filled database with its own metadata.

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"
#include "model/metadata.hpp"
#include "model/plan.hpp"

namespace tidegate::journal {
class Journal;
}

namespace tidegate::snapshot {

struct AuditResult {
  std::string target;  ///< `snapshot`, `pr-42`, `staging`
  DatabaseName database;
  Metadata metadata;            ///< the expected state
  engine::VerifyReport report;  ///< the differences, and the method of comparison
};

/// Compares a target (or the snapshot, for the target named `snapshot`) with its metadata, down to
/// the documents. Writes only the journal and needs no lease. A difference is a result, not an
/// error: the caller turns it into exit code 10.
/// @throws Error not_found: the target or database does not exist, or nothing says what it should
/// hold (no metadata, or seeded).
AuditResult audit(Run& run, engine::Engine& engine, const Gate& gate, journal::Journal& journal,
                  const DropPlan& place);

}  // namespace tidegate::snapshot
