#pragma once

/// Decides when a job is due, from the schedule, the existing results and the clock, so that a
/// restart neither skips nor repeats a scheduled time. Pure.

#include <chrono>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "model/schedule.hpp"

namespace tidegate::daemon {

/// The pause after a failure: 5, 10, 20, 30, then always 60 seconds. `failures`: consecutive
/// failures, from 1.
std::chrono::milliseconds pause_after(int failures);

/// The known history of a job.
struct RunHistory {
  /// Start times of the existing results, in any order.
  std::vector<SystemTime> taken = {};
  /// The last scheduled time that this process has served. It is needed when `taken` is unreliable:
  /// the server's clock differs from this machine's, or this machine's clock was set back.
  std::optional<SystemTime> served = {};
  /// Without any result, scheduled times count from here: the start of the process.
  SystemTime since = {};
  /// Without any result, the first run is due at `since` and not at the next scheduled time.
  bool on_start = false;
};

/// Whether a result begun at `taken` may be used to decide what is due. It may not when it lies in
/// the future by more than the usual difference between synchronised clocks (5 minutes, or half the
/// interval between two scheduled times if that is less): some clock was wrong then.
bool believable(const Schedule& schedule, SystemTime taken, SystemTime now);

/// The scheduled time to serve next.
struct DueTime {
  SystemTime at;     ///< the scheduled time; due now unless it lies in the future
  SystemTime first;  ///< the first missed time; earlier than `at` when more than one was missed
};

/// Of several missed scheduled times only the last is due, so that they are caught up with one run.
/// When the clock is set back by less than half the interval between two scheduled times, a served
/// time is not due again. When it is set back by more, the time is due again: then the clock was
/// wrong before, and one result too many is better than none.
DueTime next_due(const Schedule& schedule, const RunHistory& past, SystemTime now);

}  // namespace tidegate::daemon
