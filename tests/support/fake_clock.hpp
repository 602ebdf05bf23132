#pragma once

/// Time that passes only when a caller sleeps, or when a test says so. Thread safe.

#include <mutex>
#include <vector>

#include "base/clock.hpp"

namespace tidegate::test {

class FakeClock final : public Clock {
 public:
  SystemTime now() const override;
  SteadyTime steady() const override;
  /// Advances the time and returns. After a requested stop it returns without advancing it.
  void sleep(std::chrono::milliseconds duration, std::stop_token stop) const override;

  void advance(std::chrono::milliseconds duration) const;
  /// The wall clock is set to another time; no time passes.
  void jump(std::chrono::milliseconds by) const;
  /// Every pause so far, in order.
  std::vector<std::chrono::milliseconds> sleeps() const;

 private:
  mutable std::mutex mutex_;
  mutable std::chrono::milliseconds passed_{0}, jumped_{0};
  mutable std::vector<std::chrono::milliseconds> sleeps_;
};

}  // namespace tidegate::test
