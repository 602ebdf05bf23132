#include "base/side_by_side.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace tidegate {

void side_by_side(
    std::size_t count, int width,
    const std::function<void(std::size_t index, const std::atomic<bool>& abandoned)>& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> abandoned{false};
  std::mutex mutex;
  std::exception_ptr first;
  const auto take_turns = [&] {
    while (!abandoned) {
      const std::size_t index = next++;
      if (index >= count) return;
      try {
        work(index, abandoned);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!first) first = std::current_exception();
        abandoned = true;
        abandoned.notify_all();
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    const auto wanted = std::min(count, static_cast<std::size_t>(std::max(width, 1)));
    for (std::size_t i = 1; i < wanted; ++i) threads.emplace_back(take_turns);
    take_turns();
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace tidegate
