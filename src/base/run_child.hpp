#pragma once

/// A program as a part of a run: it ends when the run does.

#include <chrono>
#include <functional>
#include <string_view>

#include "base/child.hpp"
#include "base/run.hpp"

namespace tidegate {

/// Who hears what a program writes to its pipes, piece by piece as it comes, on the caller's
/// thread.
struct ChildListener {
  std::function<void(std::string_view)> out, err;
};

/// Runs it to its end. When the run is stopped or its time is over, the program is asked to end
/// (SIGTERM) and, with all that it has started, killed after `grace`. It dies with the calling
/// thread. How it ended is the caller's to judge.
/// @throws Error config: it cannot be run; cancelled, timeout: it has been ended.
ChildExit run_child(Run& run, const ChildCommand& command, const ChildListener& listener,
                    std::chrono::milliseconds grace = std::chrono::seconds{3});

/// The same, with all that it writes kept.
ChildResult run_child(Run& run, const ChildCommand& command,
                      std::chrono::milliseconds grace = std::chrono::seconds{3});

}  // namespace tidegate
