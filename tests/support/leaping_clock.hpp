#pragma once

/// Real time that leaps once, at the moment that a test waits for.

#include <functional>
#include <mutex>
#include <utility>

#include "base/clock.hpp"

namespace tidegate::test {

/// Thread safe. `so` is called each time that the clock is read, until it returns true.
class LeapingClock final : public Clock {
 public:
  LeapingClock(std::chrono::milliseconds leap, std::function<bool()> so)
      : leap_(leap), so_(std::move(so)) {}
  SystemTime now() const override { return clock_.now(); }
  SteadyTime steady() const override {
    const std::scoped_lock lock(mutex_);
    leapt_ = leapt_ || so_();
    return clock_.steady() + (leapt_ ? leap_ : std::chrono::milliseconds{0});
  }
  void sleep(std::chrono::milliseconds duration, std::stop_token stop) const override {
    clock_.sleep(duration, std::move(stop));
  }

 private:
  RealClock clock_;
  std::chrono::milliseconds leap_;
  std::function<bool()> so_;
  mutable std::mutex mutex_;
  mutable bool leapt_ = false;
};

}  // namespace tidegate::test
