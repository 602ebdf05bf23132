#pragma once

/// Selects the collections of production that a snapshot contains.

#include <vector>

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/plan.hpp"

namespace tidegate::snapshot {

struct ArchiveChoice {
  std::vector<engine::Item> items;
  bool whole = true;  ///< whether all of production is included
};

/// Inspects production and selects. Warns about collections that are left out and globs that match
/// nothing.
/// @throws Error not_found: production, or a collection listed by name, does not exist; refused:
/// objects that cannot be copied, all of them in one message.
ArchiveChoice choose(Run& run, engine::Engine& engine, const SnapshotPlan& plan);

/// Warns, with the reason, when the server cannot read all collections at one point in time.
void say_when_not_one_cut(Run& run, const engine::Capabilities& can);

}  // namespace tidegate::snapshot
