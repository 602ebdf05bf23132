#pragma once

/// The snapshot as the source of a target.

#include <vector>

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/metadata.hpp"
#include "model/plan.hpp"

namespace tidegate::preview {

/// The complete snapshot; waits for a first one as the plan says, each try said. Warns when it is
/// older than the plan's max_age (`now`: the server's clock).
/// @throws Error not_found: there is none after the wait (with the ways out), or it was written by
/// something that left out the definitions from which a target is built.
Metadata await_snapshot(Run& run, engine::Engine& engine, const RestorePlan& plan, SystemTime now);

/// What its metadata says it holds, sizes of indexes as the server has them now.
std::vector<engine::Item> items_of(const Metadata& snapshot, const engine::Inventory& inventory);

/// A warning about another snapshot being the published one now; empty while it is the same.
std::string replaced_since(Run& run, engine::Engine& engine, const DatabaseName& database,
                           const Metadata& copied);

}  // namespace tidegate::preview
