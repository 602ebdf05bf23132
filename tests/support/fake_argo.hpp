#pragma once

/// Argo CD's behaviour with one preview's folder, as far as its documents and issues tell:
/// each Application belongs to a marker file; one is synced when an ordinary resource differs, and
/// its hooks run with that; a PreDelete hook is rendered from what the repository holds when it
/// runs.

#include <functional>
#include <map>
#include <string>

namespace tidegate::test {

class FakeArgo {
 public:
  /// The work of Jobs. False: the Job failed.
  struct Jobs {
    std::function<bool(const std::string&commit)> restore, reset;
    std::function<bool()> cleanup;
  };
  /// `files`: of the preview's folder, by path below it, as they are now.
  FakeArgo(std::function<std::map<std::string, std::string>()> files, Jobs jobs);

  /// Makes and syncs Applications; begins to delete those whose file is gone.
  void look();
  /// As the button "Sync" does: hooks run whether anything differs or not.
  void sync_by_hand();
  /// Finishes the Applications that are being deleted. `skipped`: without its hook, by a known bug.
  enum class Hook { runs, skipped };
  void finish(Hook hook = Hook::runs);

  bool has_access() const { return access_; }
  bool has_jobs() const { return jobs_ || going_; }
  int runs() const { return runs_; }  ///< of Jobs that fill

 private:
  void sync(const std::map<std::string, std::string>& files);
  std::function<std::map<std::string, std::string>()> files_;
  Jobs does_;
  bool access_ = false, jobs_ = false, going_ = false, has_hook_ = false;
  std::string applied_;
  int runs_ = 0;
};

}  // namespace tidegate::test
