#pragma once

/// A target with seed data, in place of a snapshot's.

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"
#include "model/metadata.hpp"
#include "model/plan.hpp"
#include "preview/target_lock.hpp"

namespace tidegate::preview {

/// Empties the target and marks it `method: "seed"`, at once. Where the plan says so, it is filled
/// too, under the same lease: `status` is `publishing` until that has come to its end, and stays so
/// when it did not, so that the next sync begins anew. One try.
/// @returns the metadata written. The run is shielded by the emptying, unless something is to be
/// filled in afterwards: that ends when the run does.
/// @throws Error as preview::drop.
Metadata seed(Run& run, engine::Engine& engine, const Gate& gate, const DropPlan& plan,
              engine::LeaseWish wish, const OnBehalf& of);

/// What dropping and seeding need. @throws Error permission, refused, as preflight::require_rights.
void require_write_rights(Run& run, engine::Engine& engine, const DropPlan& plan,
                          const DatabaseName& database);

}  // namespace tidegate::preview
