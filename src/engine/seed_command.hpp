#pragma once

/// A command that fills a target with seed data.

#include <string>
#include <vector>

#include "base/run.hpp"
#include "model/gate.hpp"

namespace tidegate::engine {

/// Runs it by `/bin/sh -c` in a process group of its own, without input, and with
/// `TIDEGATE_URI=<uri>`, `TIDEGATE_DATABASE`, `TIDEGATE_TARGET` and, of a numbered preview,
/// `TIDEGATE_NUMBER` in its environment. Its output goes to the log, level debug, redacted. When
/// the run ends first, the command is asked to end, and killed with all that it has started.
/// @throws Error remote: it failed; with its exit and last output. cancelled, timeout.
void run_seed_command(Run& run, const std::string& command, const WriteTarget& target,
                      const std::string& uri);

}  // namespace tidegate::engine
