#include "cli/terminal/ticker.hpp"

namespace tidegate::cli {

Ticker::Ticker(std::chrono::milliseconds every, std::function<void()> tick)
    : thread_([this, every, tick = std::move(tick)](const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested()) {
          wake_.wait_for(lock, stop, every, [] { return false; });
          if (!stop.stop_requested()) tick();
        }
      }) {}

}  // namespace tidegate::cli
