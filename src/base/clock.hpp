#pragma once

/// Time as a dependency, so that weeks can pass in a test.

#include <chrono>
#include <stop_token>

namespace tidegate {

using SystemTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

/// Thread safe.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall clock, UTC. It may jump; use it for records and schedules only.
  virtual SystemTime now() const = 0;
  /// Monotonic clock for deadlines, elapsed times and pauses.
  virtual SteadyTime steady() const = 0;
  /// Pauses for `duration` or until `stop` is requested, whichever comes first.
  virtual void sleep(std::chrono::milliseconds duration, std::stop_token stop) const = 0;
};

class RealClock final : public Clock {
 public:
  SystemTime now() const override;
  SteadyTime steady() const override;
  void sleep(std::chrono::milliseconds duration, std::stop_token stop) const override;
};

}  // namespace tidegate
