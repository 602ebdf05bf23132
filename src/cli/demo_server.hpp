#pragma once

/// A throwaway MongoDB server for the demo: found, started on a free loopback port in a temporary
/// directory, and gone afterwards.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/child.hpp"
#include "config/value.hpp"

namespace tidegate::cli {

/// A program that can serve.
struct ServerProgram {
  enum class Family { mongod, stand_in };
  Family family = Family::mongod;
  std::string name;  ///< `secantusd-rs`
  std::string path;
};

/// mongod, else the test server that `./dev setup` installs, on the PATH or in its cache.
/// @throws Error config: there is none; says what installs one.
ServerProgram find_server_program(const config::Environment& environment);

/// A directory of this process alone, removed with everything in it unless kept.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }
  const std::string& path() const { return path_; }
  /// Writes a file that only this user may read. @returns its path.
  std::string write(std::string_view name, std::string_view text) const;
  void keep() { kept_ = true; }

 private:
  std::string path_;
  bool kept_ = false;
};

class DemoServer {
 public:
  enum class Access { open, signed_in };
  /// `attached`: it ends with this process. `detached`: it stays, and the destructor leaves it.
  enum class Life { attached, detached };

  DemoServer(ServerProgram program, const TemporaryDirectory& directory);
  ~DemoServer();
  DemoServer(const DemoServer&) = delete;
  DemoServer& operator=(const DemoServer&) = delete;

  void start(Access access, Life life);
  void stop();
  /// `127.0.0.1:41234`
  std::string host() const;
  /// Without user; `direct` before the replica set is initiated.
  std::string uri(bool direct = false) const;
  bool needs_initiating() const { return program_.family == ServerProgram::Family::mongod; }
  int pid() const { return pid_; }
  const ServerProgram& program() const { return program_; }
  /// From now on a detached server is left running.
  void leave() { left_ = true; }

 private:
  std::vector<std::string> command_line(Access access) const;
  void start_detached(const std::vector<std::string>& command);
  ServerProgram program_;
  const TemporaryDirectory& directory_;
  int port_ = 0;
  int pid_ = 0;
  bool left_ = false;
  std::optional<Child> child_;
};

}  // namespace tidegate::cli
