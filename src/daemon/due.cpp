#include "daemon/due.hpp"

#include <algorithm>
#include <array>

namespace tidegate::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<seconds, 5> k_pauses{seconds{5}, seconds{10}, seconds{20}, seconds{30},
                                          seconds{60}};
constexpr milliseconds k_clocks_differ = minutes{5};

milliseconds half_the_gap_at(const Schedule& schedule, SystemTime moment) {
  return (schedule.next_after(moment) - schedule.last_until(moment)) / 2;
}

/// The latest time up to which scheduled times are known to be served.
std::optional<SystemTime> reference(const Schedule& schedule, const RunHistory& past,
                                    SystemTime now) {
  std::optional<SystemTime> last;
  const auto consider = [&](SystemTime moment) { last = last ? std::max(*last, moment) : moment; };
  for (const auto taken : past.taken) {
    if (believable(schedule, taken, now)) consider(taken);
  }
  if (past.served && *past.served - now <= half_the_gap_at(schedule, *past.served)) {
    consider(*past.served);
  }
  return last;
}

}  // namespace

milliseconds pause_after(int failures) {
  const auto last = static_cast<int>(k_pauses.size()) - 1;
  return k_pauses.at(static_cast<std::size_t>(std::clamp(failures - 1, 0, last)));
}

bool believable(const Schedule& schedule, SystemTime taken, SystemTime now) {
  if (taken <= now) return true;
  return taken - now <= std::min(k_clocks_differ, half_the_gap_at(schedule, taken));
}

DueTime next_due(const Schedule& schedule, const RunHistory& past, SystemTime now) {
  const auto last = reference(schedule, past, now);
  const bool at_once = !last && past.on_start;
  const auto first = at_once ? past.since : schedule.next_after(last.value_or(past.since));
  if (first > now) return {first, first};
  return {std::max(first, schedule.last_until(now)), first};
}

}  // namespace tidegate::daemon
