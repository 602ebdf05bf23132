#pragma once

/// Retention: decides which archives are kept.

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace tidegate {

/// How many archives each rule keeps; absent: the rule is not set. Without any rule everything
/// stays.
struct Retention {
  std::optional<int> last{};  ///< at least 1
  std::optional<int> daily{}, weekly{}, monthly{};
  bool everything() const { return !last && !daily && !weekly && !monthly; }
};

/// Whether one archive stays, and why, for people: `1st of the 7 newest`, `newest of 2026-11-22
/// (daily)`, `older than every rule keeps`.
struct Verdict {
  bool stays = true;
  std::string why;
};

/// Decides for archives by the moments of their cuts, in any order; verdicts are in the same order.
/// Each period (day, ISO week, month, in UTC) is represented by its newest archive; a period
/// without an archive does not count. The newest archive always stays. Moments after `now` stay and
/// count for no rule: an archive from the future says nothing about the past.
std::vector<Verdict> retain(const Retention& rules, const std::vector<SystemTime>& moments,
                            SystemTime now);

}  // namespace tidegate
