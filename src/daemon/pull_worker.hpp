#pragma once

/// Looks after pull requests: at once when a webhook asks for it, and at all of them every so
/// often.

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

/// What is done. Each throws Error when it could not.
struct PullWork {
  std::function<void(Run&, PullNumber)> sync;
  /// Calls what it is given between one pull request and the next.
  std::function<void(Run&, const std::function<void()>& between)> reconcile;
  std::function<std::unique_ptr<Progress>(const std::string& run)> progress;
  std::chrono::milliseconds every{0};  ///< between two looks at all of them
  std::chrono::milliseconds limit{0};  ///< of one wish; a look keeps its own
};

/// A webhook's wish comes first, also between two pull requests of a look at all of them, which
/// comes at the start and when it is due. A failed wish is tried again after 5, 10, 20, 30, then
/// every 60 seconds, ten times in all; what cannot be done is left to the look at all.
class PullWorker {
 public:
  /// All outlive it.
  PullWorker(const Surroundings& surroundings, journal::Deliveries& deliveries, PullWork work);

  /// What is done from the next step on, beginning with a look at all. For any thread.
  void set(PullWork work);
  /// One round: at most one wish, or one look at all. For one thread.
  /// @returns how long nothing is to be done, unless a new wish comes. A queue that cannot be read
  /// or written is said in the log and the report; the looks at all go on.
  std::chrono::milliseconds step();
  /// How the looks at all do. For any thread.
  Report report() const;

 private:
  void adopt();
  bool serve_one();
  bool try_to_serve_one();
  /// Work with the queue. @returns false also when it fails, which is said.
  bool with_queue(const std::function<bool()>& work);
  bool reconcile_if_due();
  /// @returns what went wrong.
  std::optional<Error> attempt(const std::string& what,
                               const std::optional<std::chrono::milliseconds>& limit,
                               const std::function<void(Run&)>& work);
  void judge(const std::optional<Error>& failure);
  const Surroundings& surroundings_;
  journal::Deliveries& deliveries_;
  PullWork work_;
  std::optional<SteadyTime> next_look_;  // none: at once
  bool queue_failed_ = false;            // since the step began
  mutable std::mutex mutex_;
  std::optional<PullWork> wanted_;  // under mutex_
  Report report_;                   // under mutex_
};

}  // namespace tidegate::daemon
