#pragma once

/// Init duties for the first process of a container.

namespace tidegate {

/// When this process is PID 1, it forks: the child returns from this call and runs the program, and
/// PID 1 becomes a small init. It forwards signals to the child, reaps orphaned processes, and
/// exits with the child's exit code (128 + signal number for a signal). When this process is not
/// PID 1, the call does nothing. Call it first in main(), before any thread is started.
/// Two processes are needed because reaping every process would take the exit codes of the
/// program's own children away from it.
void stand_below_init();

}  // namespace tidegate
