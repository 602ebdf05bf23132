#pragma once

/// `status --check`: how the daemon on this machine does, in one line.

namespace tidegate::cli {

class Session;
struct Invocation;

/// @returns 0 when all is well, else the exit code of `remote`: the daemon says what is not.
/// @throws Error unreachable: no daemon answers.
int check_daemon(Session& session, const Invocation& invocation);

}  // namespace tidegate::cli
