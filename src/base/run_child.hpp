#pragma once

/// Runs a program as part of a run: it ends when the run ends.

#include <chrono>
#include <functional>
#include <string_view>

#include "base/child.hpp"
#include "base/run.hpp"

namespace tidegate {

/// Callbacks for the program's output. They receive it in pieces as it arrives, on the caller's
/// thread.
struct ChildListener {
  std::function<void(std::string_view)> out, err;
};

/// Runs the program to its end. When the run is stopped or its time is over, the program receives
/// SIGTERM and, after `grace`, it and every process it started are killed. It also dies with the
/// calling thread. The caller judges the exit status.
/// @throws Error config: the program cannot be run; cancelled, timeout: it was ended.
ChildExit run_child(Run& run, const ChildCommand& command, const ChildListener& listener,
                    std::chrono::milliseconds grace = std::chrono::seconds{3});

/// Does the same and returns all output.
ChildResult run_child(Run& run, const ChildCommand& command,
                      std::chrono::milliseconds grace = std::chrono::seconds{3});

}  // namespace tidegate
