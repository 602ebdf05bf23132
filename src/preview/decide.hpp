#pragma once

/// Decides what to do for one pull request, with one pure function of states. Events only say that
/// something may have changed, so lost, repeated and reordered events do not matter.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/pull_request.hpp"

namespace tidegate::preview {

/// The content of the target. A database without tidegate's metadata counts as seeded.
enum class TargetContent {
  nothing,   ///< there is no database
  seed,      ///< seed data, or empty for the application to seed
  snapshot,  ///< filled from the snapshot
  unknown    ///< its server could not be reached, or another run is writing it
};

std::string_view to_text(TargetContent holds);  ///< `none`, `seed` …
std::optional<TargetContent> parse_content(std::string_view text);

/// The target as described by its metadata.
struct ObservedTarget {
  TargetContent holds = TargetContent::unknown;
  std::string commit{};     ///< the commit it was filled for; empty: unknown, which counts as
                            ///< current
  bool unfinished = false;  ///< filling it did not finish
  bool abandoned = false;   ///< no data, but abandoned objects to remove (PreviewState::leftover)
};

/// Notices for people, each posted once per change of state (the guide lists what each says).
enum class Notice {
  filled,          ///< recreated from the snapshot, with the time it was taken
  dropped,         ///< dropped: closed, unlabelled, or unlocked after closing
  seed_next,       ///< dropped; fresh seed data comes with the next sync
  refused_add,     ///< the snapshot label was removed again: locked
  refused_remove,  ///< the snapshot label was added again: locked
  locked,
  unlocked,
  kept,    ///< closed (or unlabelled) while locked: not deleted; says how to delete it
  failed,  ///< never part of a decision; posted when applying a decision failed
};

std::string_view to_text(Notice notice);  ///< `refused-add`

/// Why a locked database was kept although its preview has ended.
enum class Kept { no, unlabelled, closed };

/// The state reported earlier: the hidden state of the status comment. Empty for a pull request
/// without any report.
struct LastReport {
  /// The head commit at the last sync. A push while locked is recorded here and not applied, so
  /// that unlocking alone does nothing and the next push does.
  std::string commit{};
  bool locked = false;         ///< the lock was reported
  Kept kept = Kept::no;        ///< it was reported that the database outlives its label or its pull
                               ///< request
  std::string failure{};       ///< the error kinds reported for a commit, so that none is reported
                               ///< at every try
  std::string snapshot_run{};  ///< run of the snapshot that it was filled from
  friend bool operator==(const LastReport&, const LastReport&) = default;
};

enum class Action { none, fill, drop };
std::string_view to_text(Action action);

/// Whether a person asked to apply the current source (`pr sync N --now`). Then a commit that was
/// seen already, or is the database's own, counts as new. A lock still holds.
enum class Trigger { state_change, person };

struct LabelChanges {
  std::vector<std::string> add, remove;
  bool none() const { return add.empty() && remove.empty(); }
};

struct Decision {
  Action action = Action::none;
  /// The target's content afterwards. fill: `snapshot`, or `seed` when tidegate seeds. drop: `seed`
  /// for an open preview (the marker, and the data when tidegate seeds), otherwise `nothing`.
  TargetContent afterwards = TargetContent::unknown;
  LabelChanges labels{};
  std::vector<Notice> notices{};  ///< in the order in which they are posted
  bool locked = false;            ///< by its label, or because the state is unknown
  std::string reason{};           ///< one sentence, for people
  /// The state to store after all of this is done, and not before. The code that fills sets
  /// snapshot_run.
  LastReport said{};
};

/// Pure: the same inputs give the same decision. Deciding again on the result of a decision gives
/// Action::none, no label changes and no notices. For every input: an existing database of a locked
/// pull request is neither filled nor dropped, and nothing is done or reported while the target's
/// content is unknown. A draft counts as open, merged as closed.
/// Notices: each arrival of snapshot data; a change of the source to seed data, but not a new
/// seeding after a push; every refused label change; setting and removing the lock; and whether the
/// database was dropped with its pull request or kept.
Decision decide(const PullRequest& pull, const ObservedTarget& target, const LastReport& said,
                const PullPolicy& policy, Trigger asked = Trigger::state_change);

}  // namespace tidegate::preview
