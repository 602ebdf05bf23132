#pragma once

/// Cleaning up where nothing may be thrown: in destructors.

#include <functional>

#include "base/run.hpp"

namespace tidegate::archive::s3 {

/// Calls `work` with a run that `run`'s stop and time limit do not end, and that takes a few
/// seconds at most, fewer after a stop: what is left after that is the next run's to clear. Says so
/// when it fails.
void tidy(const Run& run, const std::function<void(Run&)>& work) noexcept;

}  // namespace tidegate::archive::s3
