#pragma once

/// Handles pull requests: one immediately when a webhook reports it, and all of them at regular
/// intervals.

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/run.hpp"
#include "daemon/task.hpp"
#include "journal/deliveries.hpp"

namespace tidegate::daemon {

/// The operations of the worker. Each throws Error on failure.
struct PullWork {
  std::function<void(Run&, PullNumber)> sync;
  /// Brings all pull requests up to date. Calls `between` before each one.
  std::function<void(Run&, const std::function<void()>& between)> reconcile;
  std::function<std::unique_ptr<Progress>(const std::string& run)> progress;
  std::chrono::milliseconds every{0};  ///< interval between two passes over all pull requests
  std::chrono::milliseconds limit{0};  ///< time limit for one pull request; reconcile keeps its own
                                       ///< limits
};

/// Pull requests reported by webhooks come first, also between two pull requests of a pass over all
/// of them. A pass runs at the start and then at each interval. A failed pull request is retried
/// after 5, 10, 20, 30, then every 60 seconds, ten tries in all; after that it is left to the next
/// pass.
class PullWorker {
 public:
  /// All arguments must outlive it.
  PullWorker(const Surroundings& surroundings, journal::Deliveries& deliveries, PullWork work);

  /// Replaces the operations from the next step on; a pass over all pull requests comes first.
  /// Callable from any thread.
  void set(PullWork work);
  /// One step: handles at most one waiting pull request, or makes one pass over all. Called from
  /// one thread. A queue that cannot be read or written is reported in the log and in report(); the
  /// passes continue.
  /// @returns how long there is nothing to do unless a new webhook arrives.
  std::chrono::milliseconds step();
  /// The state of the passes. Callable from any thread.
  Report report() const;

 private:
  void adopt();
  bool serve_one();
  bool try_to_serve_one();
  /// Runs `work` on the queue. @returns its result, or false when it fails, which is reported.
  bool with_queue(const std::function<bool()>& work);
  bool reconcile_if_due();
  /// @returns the error, or nothing after a success.
  std::optional<Error> attempt(const std::string& what,
                               const std::optional<std::chrono::milliseconds>& limit,
                               const std::function<void(Run&)>& work);
  void judge(const std::optional<Error>& failure);
  const Surroundings& surroundings_;
  journal::Deliveries& deliveries_;
  PullWork work_;
  std::optional<SteadyTime> next_look_;  // none: immediately
  bool queue_failed_ = false;            // since the current step began
  mutable std::mutex mutex_;
  std::optional<PullWork> wanted_;  // under mutex_
  Report report_;                   // under mutex_
};

}  // namespace tidegate::daemon
