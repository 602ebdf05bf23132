#pragma once

/// Runs PostgreSQL's programs.

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
  /// Takes the chunks of a pipe `out` as they arrive, so that none is kept; may be empty.
  std::function<void(std::string_view chunk)> hear = {};
};

struct ProgramExit {
  ChildExit exit;
  std::string out;  ///< where `out` is a pipe
  Complaints complaints;
  /// `exit code 1`, `signal 9`
  std::string how() const;
  /// Whether it has done its work, with or without harmless errors.
  bool ok() const { return exit.ok() || (exit.code == 1 && complaints.only_harmless()); }
};

/// Called while the programs run, on the caller's thread.
struct WaitCallbacks {
  std::function<void()> started = [] {};  ///< when all have been started
  std::function<void()> tick = [] {};     ///< a few times a second
  std::function<void(std::string_view line)> line = [](std::string_view) {};  ///< standard error
};

/// Runs the programs in parallel until all have ended. When one fails, the others are ended. When
/// the run is over, they get a signal that cancels their work on the server; after some seconds
/// they and all their children are killed. The programs die with the calling thread, print English,
/// and ask for no password.
/// @returns one each, in order. @throws Error config: a program cannot be run; cancelled, timeout.
std::vector<ProgramExit> run_together(Run& run, const std::vector<ProgramCall>& calls,
                                      const WaitCallbacks& meanwhile = {});

/// Runs one program, and throws translate() of its complaints where it fails. Its warnings go to
/// the log.
ProgramExit run_program(Run& run, const ProgramCall& call, const WaitCallbacks& meanwhile = {});

/// Warnings go to the log, each once.
void log_warnings(Run& run, const Complaints& complaints);

}  // namespace tidegate::engine::postgresql
