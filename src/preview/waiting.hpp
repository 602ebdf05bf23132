#pragma once

/// Waiting for a first snapshot, whatever it is.

#include <functional>
#include <string>

#include "base/run.hpp"
#include "model/metadata.hpp"
#include "model/plan.hpp"

namespace tidegate::preview {

/// Looks until there is one, as often as the plan says, each try said.
/// @throws Error not_found with the ways out: `what` there is none of (`complete snapshot of
/// 'syrf'`).
void await_first(Run& run, const RestorePlan& plan, const std::string& what,
                 const std::function<bool()>& look);

/// How old it is and what it holds, as a step; a warning when it is older than the plan allows.
void say_age(Run& run, const RestorePlan& plan, const Metadata& snapshot, SystemTime now);

}  // namespace tidegate::preview
