#pragma once

/// Cleanup in destructors, where nothing may be thrown.

#include <functional>

#include "base/run.hpp"

namespace tidegate::archive::s3 {

/// Calls `work` with a run of its own that `run`'s stop and time limit do not end. That run has a
/// limit of a few seconds, shorter after a stop; anything left after that is removed by the next
/// run. A failure is logged as a warning.
void tidy(const Run& run, const std::function<void(Run&)>& work) noexcept;

}  // namespace tidegate::archive::s3
