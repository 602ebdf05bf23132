#include "support/fake_clock.hpp"

namespace tidegate::test {

using std::chrono::milliseconds;

SystemTime FakeClock::now() const {
  const std::scoped_lock lock(mutex_);
  return SystemTime{milliseconds{1795316404000}} + passed_ + jumped_;  // 2026-11-22 03:00:04 UTC
}

SteadyTime FakeClock::steady() const {
  const std::scoped_lock lock(mutex_);
  return SteadyTime{milliseconds{1'000'000} + passed_};
}

void FakeClock::sleep(milliseconds duration, std::stop_token stop) const {
  if (stop.stop_requested()) return;
  const std::scoped_lock lock(mutex_);
  passed_ += duration;
  sleeps_.push_back(duration);
}

void FakeClock::advance(milliseconds duration) const {
  const std::scoped_lock lock(mutex_);
  passed_ += duration;
}

void FakeClock::jump(milliseconds by) const {
  const std::scoped_lock lock(mutex_);
  jumped_ += by;
}

std::vector<milliseconds> FakeClock::sleeps() const {
  const std::scoped_lock lock(mutex_);
  return sleeps_;
}

}  // namespace tidegate::test
