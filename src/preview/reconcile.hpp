#pragma once

/// Brings every preview to the state that its pull request asks for. It compares states, so lost
/// events do not matter.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "preview/sync.hpp"

namespace tidegate::preview {

/// A pull request whose sync failed.
struct SyncFailure {
  PullNumber number;
  Error error;
};

struct ReconcileResult {
  std::vector<SyncResult> synced;  ///< synced one by one
  int settled = 0;                 ///< settled according to the lists
  std::vector<SyncFailure> failed;
  std::vector<PreviewState> strangers;  ///< not wanted, and not known to be tidegate's: see `sweep`
};

/// State of repeated passes.
struct ReconcileCursor {
  std::optional<PullNumber> last{};  ///< the last one handled; the next pass begins after it and
                                     ///< wraps around
  std::function<void()> between{};   ///< called before each pull request, for more urgent work
  /// Time limit for each pull request, within the limit of the run.
  std::optional<std::chrono::milliseconds> limit{};
};

/// Handles all open pull requests with the preview label and every database that matches the
/// pattern. A preview that is in order according to both lists is not requested one by one, unless
/// its pull request was changed within the last day (a process may have died there before
/// everything was reported). Single failures do not stop it.
/// @throws Error those of listing, cancelled and timeout.
ReconcileResult reconcile(Run& run, forge::Forge& forge, PreviewBackend& backend,
                          const SyncPlan& plan);
/// The same, as one of several passes: when one pull request uses up the time of a pass, the next
/// pass continues behind it.
ReconcileResult reconcile(Run& run, forge::Forge& forge, PreviewBackend& backend,
                          const SyncPlan& plan, ReconcileCursor& rounds);

}  // namespace tidegate::preview
