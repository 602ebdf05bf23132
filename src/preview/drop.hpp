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

/// The state afterwards: no database, or an empty one whose metadata says `seed`.
enum class Leave { nothing, seed };

enum class DropOutcome { dropped, already_gone, seeded };

struct Dropped {
  DropOutcome outcome = DropOutcome::already_gone;
  DatabaseName database;
  std::optional<Metadata> metadata;  ///< written by Leave::seed; otherwise nothing
};

/// Drops a target. When it does not exist, the call succeeds without a lease. The next holder of
/// the lease finishes a drop that was interrupted. The target's lock and `of` are checked right
/// before the drop. The outcome is recorded in `journal`.
/// @throws Error not_found (the target is not configured), refused, locked, conflict, and the
/// errors of engines.
Dropped drop(Run& run, engine::Engine& engine, const Gate& gate, journal::Journal& journal,
             const DropPlan& plan, Leave leave, engine::LeaseWish wish = {},
             const WriteConditions& of = {});

}  // namespace tidegate::preview
