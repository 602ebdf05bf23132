#pragma once

/// Reports one pull request's state to people, and stores the reported state.

#include <optional>
#include <string>
#include <vector>

#include "preview/reported_state.hpp"
#include "preview/sync.hpp"

namespace tidegate::preview {

/// The constructor reads the state reported earlier. Every operation may be repeated.
class PullRequestReporter {
 public:
  /// `pull` must outlive it.
  PullRequestReporter(Run& run, forge::Forge& forge, const SyncPlan& plan, const PullRequest& pull,
                      std::string database);

  const ReportedState& remembered() const { return remembered_; }
  /// The text of the status comment; empty when there is none.
  const std::string& text() const { return text_; }

  /// Call it before an operation that takes a while: records the pending notices first. `held`: the
  /// target's content when the decision was made.
  void begin(const Decision& decision, TargetContent held, const std::optional<Metadata>& metadata);
  /// Call it when everything is done or nothing was to be done: writes the notices, the status
  /// comment and the commit status. `held` as in begin(); `holds`: its content now.
  void tell(const Decision& decision, TargetContent held, TargetContent holds,
            const std::optional<Metadata>& metadata);
  /// Reports a failure unless it was reported before or readers of the pull request cannot act on
  /// it (a stop, another run). Never throws Error: the original failure matters more. `holds`:
  /// the target's content now, as far as it is known.
  void tell_failure(const Decision& decision, TargetContent holds,
                    const std::optional<Metadata>& metadata, const Error& error);

 private:
  ReportSubject subject_of(const Decision& decision, TargetContent holds,
                           const std::optional<Metadata>& metadata) const;
  void post(const std::vector<Notice>& notices, const ReportSubject& topic);
  void post_once(Notice notice, const ReportSubject& topic);
  void stick(const ReportSubject& topic);
  void show(const ReportSubject& topic);
  bool is_unheard_of(const ReportSubject& topic) const;

  Run& run_;
  forge::Forge& forge_;
  const SyncPlan& plan_;
  const PullRequest& pull_;
  std::string database_;
  std::vector<forge::Comment>
      status_comments_;  ///< oldest first; a second one exists only after a race
  ReportedState remembered_;
  std::string text_;
};

}  // namespace tidegate::preview
