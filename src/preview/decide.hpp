#pragma once

/// What is to be done for one pull request: one pure function over states. Events only say that
/// something may have changed, so lost, repeated and reordered ones change nothing.

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

/// The target as its own metadata has it.
struct TargetSeen {
  Holds holds = Holds::unknown;
  std::string commit{};  ///< for which it was filled; empty: unknown, which counts as current
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
  kept,    ///< closed while locked: not deleted, and how to have it deleted
  failed,  ///< never decided; said by whoever carried a decision out and could not
};

std::string_view to_text(Notice notice);  ///< `refused-add`

/// What was said before: the hidden state of the sticky comment. Of a pull request of which nothing
/// was said yet: empty.
struct Said {
  std::string commit{};  ///< head when it was last looked at: a push while locked is seen, not done
  bool locked = false;
  bool kept = false;           ///< that it outlives its pull request
  std::string failure{};       ///< the last one told, so that it is not told at every try
  std::string snapshot_run{};  ///< of the snapshot that it was filled from
  friend bool operator==(const Said&, const Said&) = default;
};

enum class Action { none, fill, drop };
std::string_view to_text(Action action);

struct LabelChanges {
  std::vector<std::string> add, remove;
  bool none() const { return add.empty() && remove.empty(); }
};

struct Decision {
  Action action = Action::none;
  /// What the target holds when all is done; for Action::drop of an open preview: seed, its marker.
  Holds afterwards = Holds::unknown;
  LabelChanges labels{};
  std::vector<Notice> notices{};  ///< in the order in which they are told
  bool locked = false;
  std::string reason{};  ///< one sentence, for people
  Said said{};           ///< to be remembered once all of this is done
};

/// Pure: same inputs, same answer. Deciding again on what a decision leads to gives Action::none,
/// no label changes and no notices. For whatever input: a locked pull request's database that is
/// there is neither filled nor dropped, and nothing is done while it is unknown what the target
/// holds.
Decision decide(const PullRequest& pull, const TargetSeen& target, const Said& said,
                const PullPolicy& policy);

}  // namespace tidegate::preview
