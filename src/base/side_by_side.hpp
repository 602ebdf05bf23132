#pragma once

/// Runs several similar tasks in parallel.

#include <atomic>
#include <cstddef>
#include <functional>

namespace tidegate {

/// Calls `work` for 0 … count-1, started in this order, at most `width` at a time. After the first
/// failure no further call starts and `abandoned` is set for the running ones. The first failure is
/// thrown when all have ended.
void side_by_side(
    std::size_t count, int width,
    const std::function<void(std::size_t index, const std::atomic<bool>& abandoned)>& work);

}  // namespace tidegate
