#pragma once

/// Reports one pull request's state to people, and stores the reported state.

#include <optional>
#include <string>
#include <vector>

#include "preview/remembered.hpp"
#include "preview/sync.hpp"

namespace tidegate::preview {

/// The constructor reads the state reported earlier. Every operation may be repeated.
class Announcer {
 public:
  /// `pull` must outlive it.
  Announcer(Run& run, forge::Forge& forge, const SyncPlan& plan, const PullRequest& pull,
            std::string database);

  const Remembered& remembered() const { return remembered_; }
  /// The text of the status comment; empty when there is none.
  const std::string& text() const { return text_; }

  /// Call it before an operation that takes a while: records the pending notices first. `held`: the
  /// target's content when the decision was made.
  void begin(const Decision& decision, Holds held, const std::optional<Metadata>& metadata);
  /// Call it when everything is done or nothing was to be done: writes the notices, the status
  /// comment and the commit status. `held` as in begin().
  void tell(const Decision& decision, Holds held, const std::optional<Metadata>& metadata);
  /// Reports a failure unless it was reported before or readers of the pull request cannot act on
  /// it (a stop, another run). Never throws Error: the original failure matters more. `looked`:
  /// whether the target's content is known.
  void tell_failure(const Decision& decision, bool looked, const std::optional<Metadata>& metadata,
                    const Error& error);

 private:
  void post(const std::vector<Notice>& notices, const Topic& topic);
  void post_once(Notice notice, const Topic& topic);
  void stick(const Topic& topic);
  void show(const Topic& topic);
  bool is_unheard_of(const Topic& topic) const;

  Run& run_;
  forge::Forge& forge_;
  const SyncPlan& plan_;
  const PullRequest& pull_;
  std::string database_;
  std::vector<forge::Comment> stickies_;  ///< oldest first; a second one exists only after a race
  Remembered remembered_;
  std::string text_;
};

}  // namespace tidegate::preview
