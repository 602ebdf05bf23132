#pragma once

/// daemon: the right thing at the right time, until it is told to stop. It knows no engine and no
/// place: what there is to do comes as functions (job.hpp), when it is due is decided by due.hpp,
/// one job is looked after by task.hpp, one database by worker.hpp. This file: all of them.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/worker.hpp"

namespace tidegate::daemon {

/// One thread for each database, so that what concerns one never runs twice at once, nor beside
/// something else of it. Thread safe.
class Daemon {
 public:
  /// Everything that `surroundings` refers to outlives this. When its `stop` is requested, runs
  /// are cancelled and nothing more is begun.
  explicit Daemon(Surroundings surroundings);
  /// Cancels and waits for what is at work.
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// What there is to do from now on, by database. Called again, it takes the place of what was
  /// there: a run at work is not disturbed, and what comes after it is the new. A job that is the
  /// same but for its functions is tried at once where it had failed, and otherwise goes on.
  void set(const std::map<std::string, std::vector<Job>>& jobs);

  std::vector<Report> reports() const;
  /// Whether every thread goes round; false names a bug, or a machine that stands still.
  bool alive() const;

 private:
  struct Thread;
  Surroundings surroundings_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> forward_;
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Thread>> threads_;  // under mutex_; never shrinks
};

}  // namespace tidegate::daemon
