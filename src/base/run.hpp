#pragma once

/// One operation: its id, clock, time limit, stop request, log and progress. Functions take this
/// one argument instead of five globals.

#include <atomic>
#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"

namespace tidegate {

/// `20261122T030004-7f3a92c1`: the start time (UTC) and 32 random bits, so that two runs in one
/// second differ. It contains only the characters [0-9T a-f -], because it becomes part of
/// collection names.
std::string make_run_id(const Clock& clock);

/// Whether writes are carried out or only reported.
enum class Mode { real, dry_run };

/// Thread safe, except its construction. It must outlive everything that refers to it.
class Run {
 public:
  Run(std::string id, const Clock& clock, Log& log, Progress& progress, std::stop_token stop,
      std::optional<std::chrono::milliseconds> time_limit, Mode mode = Mode::real);

  const std::string& id() const noexcept { return id_; }
  const Clock& clock() const noexcept { return clock_; }
  Log& log() const noexcept { return log_; }
  Progress& progress() const noexcept { return progress_; }
  std::stop_token stop() const noexcept { return stop_; }
  /// dry_run: the engine only reports the writes it would do, and no caller reports them as done.
  Mode mode() const noexcept { return mode_; }
  SteadyTime started() const noexcept { return started_; }
  std::chrono::milliseconds elapsed() const;

  /// @throws Error cancelled when a stop was requested; timeout when the limit is reached.
  /// Call it before each step. After shield() it throws neither until the grace is over (then
  /// timeout).
  void check() const;
  /// Pauses for `duration`, at most until the time limit, and then calls check().
  void sleep(std::chrono::milliseconds duration) const;
  /// The time left until the limit, never negative; nothing when there is no limit.
  std::optional<std::chrono::milliseconds> remaining() const;
  /// Call it at the commit point: stop requests and the time limit no longer apply, only this grace
  /// from now on. It cannot be undone.
  void shield(std::chrono::milliseconds grace);
  bool shielded() const noexcept { return shielded_until_.load() != 0; }

 private:
  std::string id_;
  const Clock& clock_;
  Log& log_;
  Progress& progress_;
  std::stop_token stop_;
  SteadyTime started_;
  std::optional<SteadyTime> deadline_;
  std::optional<std::chrono::milliseconds> limit_;
  Mode mode_;
  std::atomic<std::int64_t> shielded_until_{0};  // steady milliseconds; 0: not shielded
};

}  // namespace tidegate
