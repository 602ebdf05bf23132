#pragma once

/// daemon: the right thing at the right time, until it is told to stop.

#include <chrono>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "model/schedule.hpp"

namespace tidegate::daemon {

/// B5: 5, 10, 20, 30, then every 60 seconds. `failures`: in a row, from 1.
std::chrono::milliseconds pause_after(int failures);

/// When the next one is taken.
struct Due {
  SystemTime at;
  bool catching_up = false;      ///< a time was missed; at is now
  bool clock_is_behind = false;  ///< the newest snapshot is dated in the future, and not trusted
};

/// From the schedule, the newest snapshot and the clock alone, so that a restart neither skips nor
/// repeats. Without any snapshot the first comes at its time, or at once when `on_start`.
Due next_due(const Schedule& schedule, std::optional<SystemTime> newest, SystemTime now,
             SystemTime started, bool on_start);

}  // namespace tidegate::daemon
