#pragma once

/// The thread that looks after pull requests.

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "daemon/pull_worker.hpp"

namespace tidegate::daemon {

/// At work from its construction to its destruction, which cancels what is at work and waits for
/// it. Thread safe.
class Pulls {
 public:
  /// What `surroundings` refers to and `deliveries` outlive it.
  Pulls(Surroundings surroundings, journal::Deliveries& deliveries, PullWork work);
  ~Pulls();
  Pulls(const Pulls&) = delete;
  Pulls& operator=(const Pulls&) = delete;

  /// What is done from now on; what is at work is not disturbed. Looks at all at once.
  void set(PullWork work);
  /// There is a new wish.
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
