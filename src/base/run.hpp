#pragma once

/// One operation: its name, clock, time limit, stop, and where it speaks to. One argument instead
/// of five globals.

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

/// `20261122T030004-7f3a92c1`: moment of the start (UTC) and 32 random bits, so that runs of one
/// second differ. Characters [0-9T a-f -] only: it becomes part of collection names.
std::string make_run_id(const Clock& clock);

/// Whether a write is carried out, or only said.
enum class Mode { real, dry_run };

/// Thread safe but for its construction. Outlives everything that it is handed to.
class Run {
 public:
  Run(std::string id, const Clock& clock, Log& log, Progress& progress, std::stop_token stop,
      std::optional<std::chrono::milliseconds> time_limit, Mode mode = Mode::real);

  const std::string& id() const noexcept { return id_; }
  const Clock& clock() const noexcept { return clock_; }
  Log& log() const noexcept { return log_; }
  Progress& progress() const noexcept { return progress_; }
  std::stop_token stop() const noexcept { return stop_; }
  /// dry_run: the engine only says what it would write, and nobody claims that it was done.
  Mode mode() const noexcept { return mode_; }
  SteadyTime started() const noexcept { return started_; }
  std::chrono::milliseconds elapsed() const;

  /// Throws Error cancelled when a stop was requested, timeout when the limit is reached. Call it
  /// before each step. Does neither once shielded, until the grace is over (then timeout).
  void check() const;
  /// Pauses, and ends with check().
  void sleep(std::chrono::milliseconds duration) const;
  /// What is left of the time limit, never negative; nothing when there is no limit.
  std::optional<std::chrono::milliseconds> remaining() const;
  /// From a commit point on: stop and time limit no longer count, only this grace from now does.
  /// For good.
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
