#pragma once

/// One job of the daemon: when it is tried, tried again, given up, and what is said of it.

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

/// What everything in the daemon speaks to.
struct Surroundings {
  const Clock& clock;
  Log& log;
  /// One for each run of a job, whose id is given.
  std::function<std::unique_ptr<Progress>(const Job&, const std::string& run)> progress;
  std::stop_token stop;
};

/// How a job does, for health pages.
struct Report {
  std::string database, what;
  std::optional<SystemTime> newest;  ///< begun; none: there is none, or it is not known yet
  std::optional<SystemTime> next;    ///< none: not known yet
  std::optional<SystemTime> running_since;
  int failures = 0;        ///< in a row
  bool given_up = false;   ///< until the next scheduled time
  std::string last_error;  ///< of the failures; empty when there are none
  std::string trouble;     ///< Done::trouble of the last that was done
  std::optional<std::chrono::milliseconds> max_age;
};

/// Used by one thread, but for report().
class Task {
 public:
  Task(Job job, const Surroundings& surroundings);

  /// How long until attempt() has something to do, by both clocks; zero: now.
  std::chrono::milliseconds until_next();
  /// One try: looks what there is, and takes one if that is due still. Never throws but for what is
  /// no std::exception; a failure is logged, with when it is tried again.
  /// The next scheduled time ends the tries for the one before it, with an error in the log.
  void attempt();
  /// The wall clock has jumped: nothing that was reckoned with it holds.
  void forget();
  /// Goes on where the job that it replaces was, if it is the same by name and schedule.
  void succeed(const Task& before);

  const Job& job() const { return job_; }
  Report report() const;

 private:
  Past past() const;
  Due due() const;
  std::optional<Dated> newest_believable() const;
  void enter(SystemTime scheduled);
  void begin_anew();
  void look(const std::string& id);
  void take(const std::string& id, const Due& due);
  void say_late(const std::string& id, const Due& due);
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
  std::optional<std::vector<Dated>> known_;  // none: not looked yet
  std::set<std::string> warned_of_;
  std::optional<SystemTime> scheduled_;  // the time whose tries these are
  std::optional<SystemTime> judged_;     // the one of which it was said how late it is
  int failures_ = 0;
  bool given_up_ = false;
  std::string last_error_, trouble_;
  SteadyTime next_try_;
  std::optional<SystemTime> idle_until_;  // spares reckoning it anew each minute
  enum class Step { look, take } step_ = Step::look;
  std::optional<SystemTime> running_since_;
  mutable std::mutex mutex_;
  Report report_;  // under mutex_
};

}  // namespace tidegate::daemon
