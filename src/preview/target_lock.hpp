#pragma once

/// The lock of a target, as its own metadata has it.

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"

namespace tidegate::preview {

/// Asks the server for the target's lock, now, and the gate for permission with it. Called when a
/// run is planned and again right before each destructive call.
/// @throws Error locked, refused, not_found, as the gate does.
WriteTarget permit_now(Run& run, engine::Engine& engine, const Gate& gate,
                       const TargetName& target);

}  // namespace tidegate::preview
