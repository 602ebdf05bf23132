#pragma once

/// Runs all jobs of one database, one at a time.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "daemon/task.hpp"

namespace tidegate::daemon {

/// Distinguishes jumps of the wall clock from time that has passed.
class ClockWatch {
 public:
  explicit ClockWatch(const Clock& clock)
      : clock_(clock), wall_(clock.now()), steady_(clock.steady()) {}
  /// How far the clock has jumped since the last call; zero when it has not.
  std::chrono::milliseconds jumped();

 private:
  const Clock& clock_;
  SystemTime wall_;
  SteadyTime steady_;
};

/// step() and sleep() are called from one thread, the other functions from any.
class Worker {
 public:
  /// `surroundings` must outlive it.
  Worker(std::string database, const Surroundings& surroundings);

  /// Sets the jobs from the next step on, and ends a sleep.
  void set(std::vector<Job> jobs);
  /// One step: at most one try of one job; several due jobs take turns.
  /// @returns how long there is nothing to do; never long, because the wall clock may jump.
  std::chrono::milliseconds step();
  /// Sleeps for `pause`, until set() is called, or until a stop.
  void sleep(std::chrono::milliseconds pause);

  /// Whether step() is called regularly and returns within the time limit of its job.
  bool alive() const;
  std::vector<Report> reports() const;

 private:
  void adopt();
  void notice_clock();
  void beat();
  void begin(const Job& job);
  const std::string database_;
  const Surroundings& surroundings_;
  ClockWatch watch_;
  std::size_t first_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Task>> tasks_;  // changed under mutex_, and only by its own thread
  std::optional<std::vector<Job>> wanted_;    // under mutex_
  std::stop_source wake_;                     // under mutex_
  std::optional<SteadyTime> silent_until_;    // under mutex_; none: without limit
};

}  // namespace tidegate::daemon
