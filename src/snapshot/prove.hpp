#pragma once

/// The `verify` command for archives: are they still what their sidecars say?

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

struct Proved {
  std::vector<archive::Entry> archives;  ///< those looked at, oldest first
  engine::VerifyReport report;           ///< `collection` is an archive's name in it
};

/// Reads every byte of every archive of the plan's database (or of the one named) and compares it
/// with its sum, and what it lists with what its metadata says. Restores nothing (drill.hpp does),
/// removes nothing. What is damaged is a result, not an error: the caller makes exit code 10 of it.
/// @throws Error not_found: there is no archive, or none of that name; and what stores throw.
Proved prove(Run& run, engine::Engine& engine, archive::Store& store, journal::Journal& journal,
             const SnapshotPlan& plan, const std::string& name = {});

}  // namespace tidegate::snapshot
