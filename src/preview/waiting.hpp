#pragma once

/// Waits for a first snapshot, in a database or an archive.

#include <functional>
#include <string>

#include "base/run.hpp"
#include "model/metadata.hpp"
#include "model/plan.hpp"

namespace tidegate::preview {

/// Calls `look` until it returns true, as often as the plan says, and reports each try.
/// @throws Error not_found with the options in the hint. `what` names the missing thing (`complete
/// snapshot of 'syrf'`).
void await_first(Run& run, const RestorePlan& plan, const std::string& what,
                 const std::function<bool()>& look);

/// Reports the snapshot's age and content as a step; warns when it is older than the plan allows.
void say_age(Run& run, const RestorePlan& plan, const Metadata& snapshot, SystemTime now);

}  // namespace tidegate::preview
