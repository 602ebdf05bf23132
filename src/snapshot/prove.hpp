#pragma once

/// The `verify` command for archives: compares them with their sidecars.

#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/plan.hpp"

namespace tidegate::journal {
class Journal;
}

namespace tidegate::snapshot {

struct ProofResult {
  std::vector<archive::Entry> archives;  ///< the checked archives, oldest first
  engine::VerifyReport report;           ///< its `collection` field is an archive's name
};

/// Reads every byte of every archive of the plan's database (or of the one named), compares it with
/// its checksum, and compares its contents with its metadata. Restores nothing (drill.hpp does) and
/// removes nothing. Damage is a result, not an error: the caller turns it into exit code 10.
/// @throws Error not_found: there is no archive, or none with that name; and the errors of stores.
ProofResult prove(Run& run, engine::Engine& engine, archive::Store& store,
                  journal::Journal& journal, const SnapshotPlan& plan,
                  const std::string& name = {});

}  // namespace tidegate::snapshot
