#pragma once

/// Two tasks of one run, in parallel.

#include <functional>

#include "base/run.hpp"

namespace tidegate::engine::postgresql {

/// Runs `here` in the calling thread and `beside` in another one, each with a Run that also ends
/// when the other task fails. When both have ended, the first failure is thrown.
void together(Run& run, const std::function<void(Run&)>& here,
              const std::function<void(Run&)>& beside);

}  // namespace tidegate::engine::postgresql
