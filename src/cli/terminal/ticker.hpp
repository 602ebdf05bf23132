#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace tidegate::cli {

/// Calls a function every so often, from a thread of its own, until destroyed. The function must
/// not throw.
class Ticker {
 public:
  Ticker(std::chrono::milliseconds every, std::function<void()> tick);

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: it uses the others, and is joined first
};

}  // namespace tidegate::cli
