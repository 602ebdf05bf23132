#pragma once

/// Retries with growing pauses, within the run's time limit.

#include <chrono>
#include <functional>
#include <string_view>

#include "base/run.hpp"

namespace tidegate {

/// Pauses of 1, 2, 4 … s up to `longest`, each with up to 25 % of jitter added.
struct Backoff {
  std::chrono::milliseconds first{1000};
  std::chrono::milliseconds longest{30'000};
};

/// Calls `attempt` at most `tries` times. It retries the retryable kinds except `conflict` (another
/// run is at work, which is not a fault) and `timeout` (the limit covers the whole run). Each
/// failed try is logged as a warning with the pause that follows; the message of the last error
/// contains the number of tries.
void retry(Run& run, int tries, Backoff backoff, std::string_view what,
           const std::function<void(int attempt)>& attempt);

}  // namespace tidegate
