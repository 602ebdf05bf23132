#pragma once

/// Databases of pull requests that are closed or have lost their label: listed, and dropped when
/// asked to.

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
  std::set<PullNumber> named{};  ///< dropped though tidegate did not write their metadata
};

enum class Fate {
  dropped,
  droppable,  ///< with Apply::yes it would be
  locked,     ///< stays until somebody takes the label off
  young,      ///< within its grace
  stranger,   ///< tidegate did not write its metadata, or there is none
  doubt,      ///< the code host or the server could not be asked, or it is being written
};
std::string_view to_text(Fate fate);

struct Orphan {
  Standing standing;
  std::optional<PullRequest> pull{};  ///< nothing: it could not be asked for
  Fate fate = Fate::doubt;
  std::optional<std::chrono::milliseconds> age{};  ///< since it was closed, or else last touched
  std::string why{};                               ///< of doubt
};

/// Every database of the pattern whose pull request does not want it, by number. Doubt keeps.
/// Dropped ones go as sync() drops them: asked for again right before, told on the pull request.
/// @throws Error what listing throws, cancelled and timeout.
std::vector<Orphan> sweep(Run& run, forge::Forge& forge, Carrier& carrier, const SyncPlan& plan,
                          const SweepPlan& how);

}  // namespace tidegate::preview
