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

struct Retained {
  std::vector<Sentence> sentences;
  std::vector<std::string> troubles;  ///< why one that is to go is there still, one each
};

/// The same, and removes those that are to go, oldest first, the lock confirmed before each. One
/// that cannot be removed stays whole, is reported, and keeps no other; one that is being read is
/// left to the next run without ado. Called after a success
/// only. @throws Error cancelled, timeout; conflict: the lock is lost; and what Store::list throws.
Retained retain(Run& run, archive::Store& store, archive::Lock& lock, const SnapshotPlan& plan);

}  // namespace tidegate::snapshot
