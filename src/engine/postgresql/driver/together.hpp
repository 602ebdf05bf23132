#pragma once

/// Two works of one run, side by side.

#include <functional>

#include "base/run.hpp"

namespace tidegate::engine::postgresql {

/// Does `here` in the calling thread and `beside` in another one, each with a Run that also ends
/// when the other work fails; the first failure is thrown when both have ended.
void together(Run& run, const std::function<void(Run&)>& here,
              const std::function<void(Run&)>& beside);

}  // namespace tidegate::engine::postgresql
