#pragma once

/// Which of production's collections go into a snapshot.

#include <vector>

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/plan.hpp"

namespace tidegate::snapshot {

struct Chosen {
  std::vector<engine::Item> items;
  bool whole = true;  ///< nothing of production is left out
};

/// Looks at production and selects. Says in warnings what is left out and which globs match
/// nothing.
/// @throws Error not_found: production, or a collection listed by name, is not there; refused: what
/// cannot be carried, all of it in one message.
Chosen choose(Run& run, engine::Engine& engine, const SnapshotPlan& plan);

/// A warning where the server cannot give one moment for all collections, with the reason.
void say_when_not_one_cut(Run& run, const engine::Capabilities& can);

}  // namespace tidegate::snapshot
