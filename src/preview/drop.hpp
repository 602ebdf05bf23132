#pragma once

/// Dropping a target, or emptying it for the application to seed.

#include <optional>

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"
#include "model/metadata.hpp"
#include "model/plan.hpp"
#include "preview/target_lock.hpp"

namespace tidegate::journal {
class Journal;
}

namespace tidegate::preview {

/// What is to be there afterwards: no database, or an empty one whose metadata says `seed`.
enum class Leave { nothing, seed };

enum class DropOutcome { dropped, already_gone, seeded };

struct Dropped {
  DropOutcome outcome = DropOutcome::already_gone;
  DatabaseName database;
  std::optional<Metadata> metadata;  ///< written by Leave::seed, else none
};

/// Drops a target. Success when it is already gone, without a lease then. A drop that dies half way
/// is finished by the next holder of the lease. The target's lock, and whoever it is dropped for,
/// are asked right before. Recorded in `journal`, well or not.
/// @throws Error not_found (no such target in the configuration), refused, locked, conflict, and
/// what engines throw.
Dropped drop(Run& run, engine::Engine& engine, const Gate& gate, journal::Journal& journal,
             const DropPlan& plan, Leave leave, engine::LeaseWish wish = {},
             const OnBehalf& of = {});

}  // namespace tidegate::preview
