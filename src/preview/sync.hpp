#pragma once

/// Brings one pull request's preview to the state that its labels ask for: reads states, decides,
/// acts, reports.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/run.hpp"
#include "forge/forge.hpp"
#include "preview/backend.hpp"
#include "preview/comment_writer.hpp"
#include "preview/decide.hpp"

namespace tidegate::preview {

/// Where a preview's state is shown besides comments.
struct StatusReporting {
  bool status = false;      ///< a commit status
  bool deployment = false;  ///< a deployment record
  std::string url{};        ///< URL pattern of a preview, with {number}
};

struct SyncPlan {
  std::string database{};  ///< its configured name when there are several, otherwise empty
  PullPolicy policy{};
  std::shared_ptr<const CommentWriter> writer{};
  StatusReporting showing{};
};

/// Whether the pull request is open and labelled, and not from a fork unless forks are allowed.
bool wants_preview(const PullRequest& pull, const PullPolicy& policy);

struct SyncResult {
  PullNumber number;
  Decision decision;
  std::string database;
  std::optional<Metadata> metadata{};            ///< the target's metadata afterwards
  TargetContent holds = TargetContent::unknown;  ///< afterwards; before work that others do later
  std::string says{};                            ///< the work done, one line for people
  std::string comment{};                         ///< the text of the status comment
};

/// The order of the steps ensures that after a crash at any point the next sync repairs everything
/// and nothing is reported twice: read; decide; record the lock in the target's metadata; change
/// labels; record the pending notices in the status comment; fill or drop; post notices; update the
/// status comment with the reported state.
/// The pull request is read again right before labels are changed and before each step that cannot
/// be undone. If it has changed meanwhile, the sync starts over; a code host that cannot be asked
/// counts as locked. A failure is reported once for each kind and commit, and then thrown.
/// @throws Error conflict (another run holds the target, or the pull request changed each time),
/// locked (in doubt), and the errors of forges and backends.
SyncResult sync(Run& run, forge::Forge& forge, PreviewBackend& backend, const SyncPlan& plan,
                PullNumber number, Trigger asked = Trigger::state_change);

}  // namespace tidegate::preview
