#include "base/clock.hpp"

#include <condition_variable>
#include <mutex>

namespace tidegate {

SystemTime RealClock::now() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

SteadyTime RealClock::steady() const { return std::chrono::steady_clock::now(); }

void RealClock::sleep(std::chrono::milliseconds duration, std::stop_token stop) const {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, duration, [] { return false; });
}

}  // namespace tidegate
