#pragma once

/// `status --check`: the health of the daemon on this machine, in one line.

namespace tidegate::cli {

class CommandContext;
struct Invocation;

/// @returns 0 when all is well, else the exit code of `remote`, with the daemon's own report.
/// @throws Error unreachable: no daemon answers.
int check_daemon(CommandContext& session, const Invocation& invocation);

}  // namespace tidegate::cli
