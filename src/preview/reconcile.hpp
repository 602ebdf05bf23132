#pragma once

/// Every preview brought to what its pull request asks for: by states, so that lost events do not
/// matter.

#include <chrono>
#include <functional>
#include <optional>
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

/// One look after another.
struct Rounds {
  std::optional<PullNumber> last{};  ///< looked at; the next look begins after it, and goes round
  std::function<void()> between{};   ///< before each: what is more urgent
  /// For each pull request, as long as `run` itself has time.
  std::optional<std::chrono::milliseconds> limit{};
};

/// All open pull requests with the preview label, and every database that matches the pattern. What
/// the lists of both already say to be right is not asked for one by one, unless it was touched
/// within the last day (somebody may have died there before all was told). Goes on past single
/// failures. @throws Error what listing throws, cancelled and timeout.
Reconciled reconcile(Run& run, forge::Forge& forge, Carrier& carrier, const SyncPlan& plan);
/// The same, as one of several: whatever takes all the time that a look has, the next one gets to
/// those behind it.
Reconciled reconcile(Run& run, forge::Forge& forge, Carrier& carrier, const SyncPlan& plan,
                     Rounds& rounds);

}  // namespace tidegate::preview
