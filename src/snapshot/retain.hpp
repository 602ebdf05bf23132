#pragma once

/// Selects and removes old archives after a new one was taken.

#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "base/run.hpp"
#include "model/plan.hpp"
#include "model/retention.hpp"

namespace tidegate::snapshot {

/// One archive and the verdict of the retention rules.
struct RetentionDecision {
  archive::Entry entry;
  Verdict verdict;
};

/// The verdict of the plan's rules on every complete archive of its database, oldest first. Only
/// reads. Damaged and foreign files are not archives; no rule applies to them.
std::vector<RetentionDecision> explain_retention(Run& run, archive::Store& store,
                                                 const SnapshotPlan& plan);

struct RetentionResult {
  std::vector<RetentionDecision> sentences;
  std::vector<std::string> troubles;  ///< for each archive that could not be removed: why
};

/// Removes the archives that the rules reject, oldest first, and confirms the lock before each. An
/// archive that cannot be removed stays complete, is reported, and does not stop the removal of
/// others. One that is being read is left to the next run with a warning. Called only after a
/// success.
/// @throws Error cancelled, timeout; conflict: the lock is lost; and the errors of Store::list.
RetentionResult retain(Run& run, archive::Store& store, archive::Lock& lock,
                       const SnapshotPlan& plan);

}  // namespace tidegate::snapshot
