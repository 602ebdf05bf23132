#pragma once

/// PostgreSQL's programs at work.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/child.hpp"
#include "base/run.hpp"
#include "engine/postgresql/driver/complaints.hpp"
#include "engine/postgresql/driver/connection.hpp"

namespace tidegate::engine::postgresql {

struct ProgramCall {
  std::string program;  ///< its path
  std::vector<std::string> arguments;
  const ServiceFile* where = nullptr;  ///< the server; null: none
  ChildStream in = ChildStream::null();
  ChildStream out = ChildStream::null();
  std::vector<int> descriptors = {};  ///< handed down after the service file's
  std::string harmless = {};          ///< see Complaints
  /// Takes what comes through a pipe `out` as it comes, so that none of it is kept; may be empty.
  std::function<void(std::string_view chunk)> hear = {};
};

struct ProgramExit {
  ChildExit exit;
  std::string out;  ///< where that is a pipe
  Complaints complaints;
  /// `exit code 1`, `signal 9`
  std::string how() const;
  /// Whether it has done its work, harmless errors or not.
  bool ok() const { return exit.ok() || (exit.code == 1 && complaints.only_harmless()); }
};

/// What happens meanwhile, on the caller's thread.
struct WaitCallbacks {
  std::function<void()> started = [] {};  ///< once all have been started
  std::function<void()> tick = [] {};     ///< a few times a second
  std::function<void(std::string_view line)> line = [](std::string_view) {};  ///< standard error
};

/// Runs them side by side until all have ended. When one fails, the others are ended. When the run
/// is over they are asked to end, so that they cancel what the server does for them, and killed
/// with all that they have started if they do not within seconds.
/// They die with the calling thread. Speak English, ask for no password.
/// @returns one each, in order. @throws Error config: a program cannot be run; cancelled, timeout.
std::vector<ProgramExit> run_together(Run& run, const std::vector<ProgramCall>& calls,
                                      const WaitCallbacks& meanwhile = {});

/// Runs one, and throws what translate() makes of its complaints where it fails. Its warnings go to
/// the log.
ProgramExit run_program(Run& run, const ProgramCall& call, const WaitCallbacks& meanwhile = {});

/// Warnings go to the log, each once.
void log_warnings(Run& run, const Complaints& complaints);

}  // namespace tidegate::engine::postgresql
