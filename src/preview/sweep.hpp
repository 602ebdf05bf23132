#pragma once

/// Lists, and on request drops, databases of pull requests that are closed or have lost their
/// label.

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "preview/sync.hpp"

namespace tidegate::preview {

enum class Apply { no, yes };

struct SweepPlan {
  std::chrono::milliseconds grace{std::chrono::hours(1)};
  Apply apply = Apply::no;
  std::set<PullNumber> named{};  ///< dropped even though tidegate did not write their metadata
};

enum class OrphanState {
  dropped,
  droppable,  ///< would be dropped with Apply::yes
  locked,     ///< kept until the label is removed
  young,      ///< within its grace period
  stranger,   ///< tidegate did not write its metadata, or there is none
  doubt,      ///< the code host or the server could not be reached, or another run is writing it
};
std::string_view to_text(OrphanState fate);

struct Orphan {
  PreviewState standing;
  std::optional<PullRequest> pull{};  ///< nothing: the host could not be asked for it
  OrphanState fate = OrphanState::doubt;
  std::optional<std::chrono::milliseconds> age{};  ///< since it was closed, or otherwise last
                                                   ///< changed
  std::string why{};                               ///< reason for OrphanState::doubt
};

/// Every database that matches the pattern and that its pull request does not want, ordered by
/// number. A database in doubt is kept. Databases are dropped like in sync(): the pull request is
/// read again right before, and the drop is reported on it.
/// @throws Error those of listing, cancelled and timeout.
std::vector<Orphan> sweep(Run& run, forge::Forge& forge, PreviewBackend& backend,
                          const SyncPlan& plan, const SweepPlan& how);

}  // namespace tidegate::preview
