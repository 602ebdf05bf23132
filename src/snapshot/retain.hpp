#pragma once

/// Which archives go after a new one was taken, and why.

#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "base/run.hpp"
#include "model/plan.hpp"
#include "model/retention.hpp"

namespace tidegate::snapshot {

/// One archive, and what the rules say of it.
struct Sentence {
  archive::Entry entry;
  Verdict verdict;
};

/// What the plan's rules say of every complete archive of its database, oldest first. Reads only;
/// nothing is removed. Damaged and foreign files are no archives: no rule ever speaks of them.
std::vector<Sentence> explain_retention(Run& run, archive::Store& store, const SnapshotPlan& plan);

/// The same, and removes those that are to go, oldest first, the lock confirmed before each. Called
/// after a success only. @throws what stores throw; what is not removed then stays whole.
std::vector<Sentence> retain(Run& run, archive::Store& store, archive::Lock& lock,
                             const SnapshotPlan& plan);

}  // namespace tidegate::snapshot
