#pragma once

/// Plays Argo CD with one preview's folder, as it was seen on 3.5.1, two of its bugs included:
/// Applications hang from marker files; one is synced when an ordinary resource differs, and its
/// hooks run with that; a PreDelete hook is rendered from what the repository holds when it runs.

#include <functional>
#include <map>
#include <set>
#include <string>

#include "base/clock.hpp"

namespace tidegate::test {

class FakeArgo {
 public:
  using Files = std::map<std::string, std::string>;
  /// The work of the Jobs. False: the Job failed.
  struct Jobs {
    std::function<bool(const std::string&commit)> restore, reset;
    std::function<bool()> cleanup;
  };
  /// `files`: of the preview's folder, by path below it, as they are now.
  FakeArgo(std::function<Files()> files, Jobs jobs, std::function<SystemTime()> now);

  /// Makes and syncs Applications, or tries a failed sync again; those whose file is gone begin to
  /// go. A failed Job that is still there is deleted, and its old result counts (argo-cd 14046).
  void look();
  /// A person presses "Sync": hooks run whether anything differs or not.
  void sync_by_hand();
  /// Ends everything that is going.
  enum class Hook {
    runs,
    skipped,  ///< never created
    /// argo-cd 29100: the hook counts as done right after its creation, and the Application's
    /// objects are deleted while its Pod runs, the Job among them unless it says `Delete=false`.
    overtaken
  };
  void finish(Hook hook = Hook::runs);

  bool has_access() const { return access_; }
  bool has_jobs() const { return jobs_ || going_; }
  int runs() const { return runs_; }  ///< of Jobs that fill

 private:
  void sync(const Files& files);
  bool fill(const std::string& job, const std::function<bool(const std::string&)>& run,
            const std::string& commit);
  bool clean_up(const std::string& job, Hook hook);

  std::function<Files()> files_;
  Jobs does_;
  std::function<SystemTime()> now_;
  bool access_ = false, jobs_ = false, going_ = false, has_hook_ = false;
  std::string applied_;
  std::set<std::string> failed_;                ///< names of failed Jobs that are still there
  std::map<std::string, SystemTime> finished_;  ///< cleanup Jobs that are still there, until when
  int runs_ = 0;
};

}  // namespace tidegate::test
