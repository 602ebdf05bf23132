#pragma once

/// What people are told of one pull request, and what is remembered with it.

#include <optional>
#include <string>
#include <vector>

#include "preview/remembered.hpp"
#include "preview/sync.hpp"

namespace tidegate::preview {

/// Reads what was said when it is made. Everything it does may be done again.
class Announcer {
 public:
  /// `pull` outlives it.
  Announcer(Run& run, forge::Forge& forge, const SyncPlan& plan, const PullRequest& pull,
            std::string database);

  const Remembered& remembered() const { return remembered_; }
  /// What the sticky comment says; empty when it says nothing.
  const std::string& text() const { return text_; }

  /// Before something is done that takes a while: what will be told then is noted first.
  /// `held`: what the target held when it was decided.
  void begin(const Decision& decision, Holds held, const std::optional<Metadata>& metadata);
  /// All is done, or there was nothing to do: notices, the sticky comment, the commit's status.
  /// `held` as in begin().
  void tell(const Decision& decision, Holds held, const std::optional<Metadata>& metadata);
  /// Unless it was told before, or is none of a reader's business (a stop, another run). Never
  /// throws Error: what went wrong before says more.
  /// `looked`: whether it is known what the target holds.
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
  std::vector<forge::Comment> stickies_;  ///< oldest first; more than one is a race's leftover
  Remembered remembered_;
  std::string text_;
};

}  // namespace tidegate::preview
