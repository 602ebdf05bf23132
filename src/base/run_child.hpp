#pragma once

/// A program as a part of a run: it ends when the run does.

#include <chrono>

#include "base/child.hpp"
#include "base/run.hpp"

namespace tidegate {

/// Runs it to its end and collects what it writes to its pipes. When the run is stopped or its time
/// is over, the program is asked to end (SIGTERM) and, with all that it has started, killed after
/// `grace`. It dies with the calling thread. How it ended is the caller's to judge.
/// @throws Error config: it cannot be run; cancelled, timeout: it has been ended.
ChildResult run_child(Run& run, const ChildCommand& command,
                      std::chrono::milliseconds grace = std::chrono::seconds{3});

}  // namespace tidegate
