#pragma once

/// The thread that handles pull requests.

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "daemon/pull_worker.hpp"

namespace tidegate::daemon {

/// Runs from construction to destruction. The destructor cancels the work in progress and waits for
/// it. Thread safe.
class Pulls {
 public:
  /// `deliveries` and everything that `surroundings` refers to must outlive it.
  Pulls(Surroundings surroundings, journal::Deliveries& deliveries, PullWork work);
  ~Pulls();
  Pulls(const Pulls&) = delete;
  Pulls& operator=(const Pulls&) = delete;

  /// Replaces the operations; work in progress is not disturbed. A pass over all pull requests
  /// follows immediately.
  void set(PullWork work);
  /// Wakes the thread: a new delivery is waiting.
  void wake();
  Report report() const { return worker_.report(); }

 private:
  void loop(const std::stop_token& stop);
  Surroundings surroundings_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> forward_;
  PullWorker worker_;
  std::mutex mutex_;
  std::condition_variable_any bell_;
  bool rung_ = false;  // under mutex_
  std::jthread thread_;
};

}  // namespace tidegate::daemon
