#pragma once

/// Fills a target with seed data.

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"
#include "model/metadata.hpp"
#include "model/plan.hpp"
#include "preview/target_lock.hpp"

namespace tidegate::preview {

/// Empties the target and marks it `method: "seed"`, in one step. When the plan says so, the same
/// lease is used to fill it: `status` is `publishing` until that succeeds. After a failure it stays
/// so, and the next sync begins again. One try only.
/// @returns the written metadata. Emptying shields the run, except when the target is filled
/// afterwards: filling ends when the run does.
/// @throws Error as preview::drop.
Metadata seed(Run& run, engine::Engine& engine, const Gate& gate, const DropPlan& plan,
              engine::LeaseWish wish, const WriteConditions& of);

/// Checks the rights for dropping and seeding. @throws Error permission, refused, as
/// preflight::require_rights.
void require_write_rights(Run& run, engine::Engine& engine, const DropPlan& plan,
                          const DatabaseName& database);

}  // namespace tidegate::preview
