#pragma once

/// When something is due: from the schedule, what there is, and the clock, so that a restart
/// neither skips nor repeats. Pure.

#include <chrono>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "model/schedule.hpp"

namespace tidegate::daemon {

/// B5: 5, 10, 20, 30, then every 60 seconds. `failures`: in a row, from 1.
std::chrono::milliseconds pause_after(int failures);

/// What has happened, as far as it is known.
struct Past {
  /// When those that there are were begun, in any order.
  std::vector<SystemTime> taken = {};
  /// The scheduled time that this process has served last. It stands in for what `taken` cannot
  /// tell: a server's clock that differs from ours, a clock of ours that was set back.
  std::optional<SystemTime> served = {};
  /// From when on times count where there is nothing: the start of the process.
  SystemTime since = {};
  /// Where there is nothing, the first is due at `since`, not at its scheduled time.
  bool on_start = false;
};

/// Whether something begun at `taken` says anything about what is due. Not when it lies in the
/// future by more than clocks differ that are set by the network (5 minutes, or half the time
/// between two scheduled ones where that is less): some clock was wrong then.
bool believable(const Schedule& schedule, SystemTime taken, SystemTime now);

/// What is to be served next.
struct Due {
  SystemTime at;     ///< the scheduled time; not in the future: it is due now
  SystemTime first;  ///< of all that it stands for; before `at` where more than one was missed
};

/// Of several scheduled times that were missed only the last is due, so that they are caught up
/// once.
///
/// A clock that is set back by less than half the time between two scheduled ones does not bring a
/// served one again. By more, it does: then the clock was wrong before, and one too many is better
/// than none.
Due next_due(const Schedule& schedule, const Past& past, SystemTime now);

}  // namespace tidegate::daemon
