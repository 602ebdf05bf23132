#pragma once

/// The description of a job of the daemon.

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/run.hpp"
#include "model/schedule.hpp"

namespace tidegate::daemon {

/// An existing result.
struct DatedSnapshot {
  std::string name;  ///< for people: `atlas-20261122T030000Z.dump`
  SystemTime taken;  ///< when it was begun
};

/// The outcome of a successful run.
struct JobResult {
  std::string text;     ///< for people
  std::string trouble;  ///< a problem that remains nevertheless; empty: none
  JobResult(std::string what, std::string but = {})
      : text(std::move(what)), trouble(std::move(but)) {}
};

/// How long a failing job is retried.
enum class RetryPolicy {
  until_it_works,     ///< after every kind of failure except usage and config
  while_it_may_help,  ///< only after the kinds that are retryable (error.hpp)
};

/// A job that is run repeatedly. Its functions are called from one thread, one at a time, and own
/// everything they use.
struct Job {
  std::string database;  ///< as configured: `atlas`
  std::string what;      ///< `snapshot`, `drill`
  Schedule schedule;
  bool on_start = false;
  RetryPolicy insistence = RetryPolicy::until_it_works;
  std::optional<std::chrono::milliseconds> time_limit = {};  ///< limit of one try
  std::optional<std::chrono::milliseconds> max_age = {};     ///< a newest result older than this is
                                                             ///< stale
  /// Lists all existing results. Writes nothing.
  std::function<std::vector<DatedSnapshot>(Run&)> known = {};
  /// Runs the job once. A failure leaves everything as it was.
  std::function<JobResult(Run&)> take = {};
};

}  // namespace tidegate::daemon
