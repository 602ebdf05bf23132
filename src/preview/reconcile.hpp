#pragma once

/// Every preview brought to what its pull request asks for: by states, so that lost events do not
/// matter.

#include <string>
#include <vector>

#include "preview/sync.hpp"

namespace tidegate::preview {

/// One that could not be brought there.
struct NotSynced {
  PullNumber number;
  Error error;
};

struct Reconciled {
  std::vector<Synced> synced;  ///< looked at in full
  int settled = 0;             ///< of which the lists said enough
  std::vector<NotSynced> failed;
  std::vector<Standing> strangers;  ///< not wanted, and not known to be tidegate's: see `sweep`
};

/// All open pull requests with the preview label, and every database that matches the pattern. What
/// the lists of both already say to be right is not asked for one by one, unless it was touched
/// within the last day (somebody may have died there before all was told). Goes on past single
/// failures. @throws Error what listing throws, cancelled and timeout.
Reconciled reconcile(Run& run, forge::Forge& forge, Carrier& carrier, const SyncPlan& plan);

}  // namespace tidegate::preview
