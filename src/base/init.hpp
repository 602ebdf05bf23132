#pragma once

/// Being the first process of a container.

namespace tidegate {

/// Where this process is PID 1, it becomes a small init: a child goes on with the program, and the
/// first process hands signals on to it, reaps what any process below it has orphaned, and ends as
/// the child does (128 + the number of a signal). Elsewhere nothing happens. Only the process that
/// is to do the work returns. Call it first in main(), before any thread.
///
/// A second process, since reaping whatever ends would take the exit codes of the program's own
/// children away from it.
void stand_below_init();

}  // namespace tidegate
