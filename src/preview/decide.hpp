#pragma once

/// What is to be done for one pull request: one pure function over states. Events only say that
/// something may have changed, so lost, repeated and reordered ones change nothing.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/pull_request.hpp"

namespace tidegate::preview {

/// What the target holds. A database without tidegate's metadata counts as seeded.
enum class Holds {
  nothing,   ///< there is no database
  seed,      ///< seed data, or left empty for the application to seed
  snapshot,  ///< filled from the snapshot
  unknown    ///< its server could not be asked, or it is being written right now
};

std::string_view to_text(Holds holds);  ///< `none`, `seed` …
std::optional<Holds> parse_holds(std::string_view text);

/// The target as its own metadata has it.
struct TargetSeen {
  Holds holds = Holds::unknown;
  std::string commit{};     ///< for which it was filled; empty: unknown, which counts as current
  bool unfinished = false;  ///< whoever filled it did not get to the end
  bool leftover = false;    ///< nothing, but something to clear away (Standing::leftover)
};

/// What a person must notice, each once per change of state (A4's table has what each must say).
enum class Notice {
  filled,          ///< recreated from the snapshot, taken at …
  dropped,         ///< gone: closed, unlabelled, or unlocked after closing
  seed_next,       ///< dropped; fresh seed data comes with the next sync
  refused_add,     ///< the snapshot label was taken off again: locked
  refused_remove,  ///< the snapshot label was put back: locked
  locked,
  unlocked,
  kept,    ///< closed (or unlabelled) while locked: not deleted, and how to have it deleted
  failed,  ///< never decided; said by whoever carried a decision out and could not
};

std::string_view to_text(Notice notice);  ///< `refused-add`

/// A locked database whose preview is over: not deleted.
enum class Kept { no, unlabelled, closed };

/// What was said before: the hidden state of the sticky comment. Of a pull request of which nothing
/// was said yet: empty.
struct Said {
  /// Head when it was last looked at: a push while locked is seen, not done, so that unlocking
  /// alone does nothing and the next push does.
  std::string commit{};
  bool locked = false;         ///< that it is locked
  Kept kept = Kept::no;        ///< that it outlives its label, or its pull request
  std::string failure{};       ///< the kinds told of a commit, so that none is told at every try
  std::string snapshot_run{};  ///< of the snapshot that it was filled from
  friend bool operator==(const Said&, const Said&) = default;
};

enum class Action { none, fill, drop };
std::string_view to_text(Action action);

/// Whether a person asked for the current source to be applied (`pr sync N --now`): then a commit
/// that was seen, or is the database's own, counts as new. Locked is locked all the same.
enum class Asked { no, now };

struct LabelChanges {
  std::vector<std::string> add, remove;
  bool none() const { return add.empty() && remove.empty(); }
};

struct Decision {
  Action action = Action::none;
  /// What the target holds when all is done. fill: `snapshot`, or `seed` where tidegate is the
  /// seeder. drop: `seed` for an open preview (its marker, and the data where tidegate is the
  /// seeder), else `nothing`.
  Holds afterwards = Holds::unknown;
  LabelChanges labels{};
  std::vector<Notice> notices{};  ///< in the order in which they are told
  bool locked = false;            ///< by its label, or because of doubt
  std::string reason{};           ///< one sentence, for people
  /// To be remembered once all of this is done, and not before. Whoever fills sets snapshot_run.
  Said said{};
};

/// Pure: same inputs, same answer. Deciding again on what a decision leads to gives Action::none,
/// no label changes and no notices. For whatever input: a locked pull request's database that is
/// there is neither filled nor dropped, and nothing is done or said while it is unknown what the
/// target holds. A draft counts as open, merged as closed.
///
/// What is told: that data of the snapshot arrived, each time; that the source changed to seed
/// data, but not that a push seeded anew; every refusal; that the lock came, and went; that the
/// database went with its pull request, or did not.
Decision decide(const PullRequest& pull, const TargetSeen& target, const Said& said,
                const PullPolicy& policy, Asked asked = Asked::no);

}  // namespace tidegate::preview
