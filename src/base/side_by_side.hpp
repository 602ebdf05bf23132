#pragma once

/// Doing several like things at once.

#include <atomic>
#include <cstddef>
#include <functional>

namespace tidegate {

/// Calls `work` for 0 … count-1, in this order, at most `width` at a time. After the first failure
/// nothing more is begun and `abandoned` is set for those at work; the first failure is thrown when
/// all have ended.
void side_by_side(
    std::size_t count, int width,
    const std::function<void(std::size_t index, const std::atomic<bool>& abandoned)>& work);

}  // namespace tidegate
