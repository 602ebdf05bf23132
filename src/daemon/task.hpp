#pragma once

/// One job of the daemon: when it is tried, retried and given up, and what is reported about it.

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/progress.hpp"
#include "base/run.hpp"
#include "daemon/due.hpp"
#include "daemon/job.hpp"

namespace tidegate::daemon {

/// The clock, log, progress and stop request that all parts of the daemon share.
struct Surroundings {
  const Clock& clock;
  Log& log;
  /// Creates the progress for one run of a job; `run` is the run's id.
  std::function<std::unique_ptr<Progress>(const Job&, const std::string& run)> progress;
  std::stop_token stop;
};

/// The state of a job, for health pages.
struct Report {
  std::string database, what;
  std::optional<SystemTime> newest;  ///< its start; none: no result exists or it is not known yet
  std::optional<SystemTime> next;    ///< none: not known yet
  std::optional<SystemTime> running_since;
  int failures = 0;        ///< in a row
  bool given_up = false;   ///< until the next scheduled time
  std::string last_error;  ///< of the current failures; empty when there are none
  std::string trouble;     ///< JobResult::trouble of the last successful run
  std::optional<std::chrono::milliseconds> max_age;
};

/// Used by one thread, except report().
class Task {
 public:
  Task(Job job, const Surroundings& surroundings);

  /// The time until attempt() has something to do, by both clocks; zero: now.
  std::chrono::milliseconds until_next();
  /// One try: lists the existing results and runs the job if it is still due. A failure is logged
  /// with the time of the next try. Throws only exceptions that are not derived from
  /// std::exception. When the next scheduled time arrives, the tries for the previous one end with
  /// an error in the log.
  void attempt();
  /// Call it when the wall clock has jumped: discards everything computed from it.
  void forget();
  /// Takes over the state of the job that it replaces, if name and schedule are the same.
  void succeed(const Task& before);

  const Job& job() const { return job_; }
  Report report() const;

 private:
  RunHistory past() const;
  DueTime due() const;
  std::optional<DatedSnapshot> newest_believable() const;
  void enter(SystemTime scheduled);
  void begin_anew();
  void look(const std::string& id);
  void take(const std::string& id, const DueTime& due);
  void say_late(const std::string& id, const DueTime& due);
  void settled();
  void warn_of_the_future();
  void announce();
  void failed(const std::string& id, const Error& error);
  void tell();
  std::string title() const;  ///< `snapshot of 'atlas'`

  Job job_;
  const Surroundings& surroundings_;
  SystemTime since_;
  std::optional<SystemTime> served_;
  std::optional<std::vector<DatedSnapshot>> known_;  // none: not listed yet
  std::set<std::string> warned_of_;
  std::optional<SystemTime> scheduled_;  // the scheduled time that the current tries belong to
  std::optional<SystemTime> judged_;     // the scheduled time whose delay was logged
  int failures_ = 0;
  bool given_up_ = false;
  std::string last_error_, trouble_;
  SteadyTime next_try_;
  std::optional<SystemTime> idle_until_;  // avoids computing it again every minute
  enum class Step { look, take } step_ = Step::look;
  std::optional<SystemTime> running_since_;
  mutable std::mutex mutex_;
  Report report_;  // under mutex_
};

}  // namespace tidegate::daemon
