#pragma once

/// A command that fills a target with seed data.

#include <string>
#include <vector>

#include "base/run.hpp"
#include "model/gate.hpp"

namespace tidegate::engine {

/// Runs it by `/bin/sh -c` in a process group of its own, with nothing to read, and with
/// `TIDEGATE_URI=<uri>`, `TIDEGATE_DATABASE`, `TIDEGATE_TARGET` and, of a numbered preview,
/// `TIDEGATE_NUMBER` in its environment. What it says goes to the log, level debug, redacted. When
/// the run is over it is asked to end, and killed with all that it has started.
/// @throws Error remote: it failed; says how, with its last words. cancelled, timeout.
void run_seed_command(Run& run, const std::string& command, const WriteTarget& target,
                      const std::string& uri);

}  // namespace tidegate::engine
