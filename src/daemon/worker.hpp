#pragma once

/// Everything that is done for one database, one thing at a time.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "daemon/task.hpp"

namespace tidegate::daemon {

/// Tells jumps of the wall clock from time that has passed.
class ClockWatch {
 public:
  explicit ClockWatch(const Clock& clock)
      : clock_(clock), wall_(clock.now()), steady_(clock.steady()) {}
  /// How far it has jumped since the last call; zero when it has not.
  std::chrono::milliseconds jumped();

 private:
  const Clock& clock_;
  SystemTime wall_;
  SteadyTime steady_;
};

/// step() and sleep() are for one thread, the others for any.
class Worker {
 public:
  /// `surroundings` outlives it.
  Worker(std::string database, const Surroundings& surroundings);

  /// What there is to do from the next step on. A sleep ends at once.
  void set(std::vector<Job> jobs);
  /// One round: at most one try of one job, in turn where several are due.
  /// @returns how long nothing is to be done; never long, since the wall clock may jump.
  std::chrono::milliseconds step();
  /// Until then, until there is something new, or until a stop.
  void sleep(std::chrono::milliseconds pause);

  /// Whether step() is called as it should be, and returns within its job's time limit.
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
  std::vector<std::unique_ptr<Task>> tasks_;  // changed under mutex_, by its own thread only
  std::optional<std::vector<Job>> wanted_;    // under mutex_
  std::stop_source wake_;                     // under mutex_
  std::optional<SteadyTime> silent_until_;    // under mutex_; none: for as long as it takes
};

}  // namespace tidegate::daemon
