#pragma once

/// The `verify` command: is a filled database still what its own metadata says it should be?

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"
#include "model/metadata.hpp"
#include "model/plan.hpp"

namespace tidegate::journal {
class Journal;
}

namespace tidegate::snapshot {

struct Audited {
  std::string target;  ///< `snapshot`, `pr-42`, `staging`
  DatabaseName database;
  Metadata metadata;            ///< what it should be
  engine::VerifyReport report;  ///< differences, and how they were looked for
};

/// Compares a target (or, for the target named `snapshot`, the snapshot) with its metadata, down to
/// the documents. Writes nothing but the journal; needs no lease. A difference is a result, not an
/// error: the caller makes exit code 10 of it.
/// @throws Error not_found: no such target or database, or nothing says what it should hold (no
/// metadata, or seeded).
Audited audit(Run& run, engine::Engine& engine, const Gate& gate, journal::Journal& journal,
              const DropPlan& place);

}  // namespace tidegate::snapshot
