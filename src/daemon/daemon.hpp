#pragma once

/// daemon: runs scheduled jobs until it is stopped. It knows no engine and no store: jobs come as
/// functions (job.hpp), due.hpp decides when a job is due, task.hpp runs one job, worker.hpp runs
/// all jobs of one database, pull_worker.hpp handles pull requests. This file: the daemon with all
/// its workers.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/worker.hpp"

namespace tidegate::daemon {

/// Runs one thread per database, so that two jobs of one database never run at the same time.
/// Thread safe.
class Daemon {
 public:
  /// Everything that `surroundings` refers to must outlive this object. When its `stop` is
  /// requested, running jobs are cancelled and no further job begins.
  explicit Daemon(Surroundings surroundings);
  /// Cancels the running jobs and waits for them.
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Sets the jobs of every database and replaces the previous ones. A run in progress is not
  /// disturbed; the new jobs apply after it. A job with the same name and schedule as before
  /// continues where that one was, but its failures are forgotten, so a failing job is retried
  /// immediately.
  void set(const std::map<std::string, std::vector<Job>>& jobs);

  std::vector<Report> reports() const;
  /// Whether every thread makes progress. False means a bug, or a machine that is suspended.
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
