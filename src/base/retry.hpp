#pragma once

/// Trying again, with growing pauses and within the run's time limit.

#include <chrono>
#include <functional>
#include <string_view>

#include "base/run.hpp"

namespace tidegate {

/// Pauses 1, 2, 4 … up to `longest`, each with up to a quarter of jitter added.
struct Backoff {
  std::chrono::milliseconds first{1000};
  std::chrono::milliseconds longest{30'000};
};

/// Calls `attempt` up to `tries` times in all. Only retryable kinds are tried again, and of those
/// not `conflict` (somebody else's work is not a fault) nor `timeout` (the limit is the whole
/// run's). Each failed try is logged as a warning with what comes next; the last error carries the
/// number of tries in its message.
void retry(Run& run, int tries, Backoff backoff, std::string_view what,
           const std::function<void(int attempt)>& attempt);

}  // namespace tidegate
