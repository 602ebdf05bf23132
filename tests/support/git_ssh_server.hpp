#pragma once

/// The repositories of a GitServer over real SSH, on loopback.

#include <string>

#include "base/scratch_directory.hpp"
#include "support/git_server.hpp"
#include "support/script_server.hpp"

namespace tidegate::test {

class GitSshServer {
 public:
  /// `git` outlives it.
  explicit GitSshServer(const GitServer& git);

  /// A plan that may do everything with that repository.
  GitopsPlan plan(const std::string& name) const;
  /// A private key that the server does not know.
  std::string stranger() const { return file("stranger"); }

 private:
  std::string file(const std::string& name) const { return (keys_.path() / name).string(); }
  ScratchDirectory keys_{"git-ssh"};
  ScriptServer server_;
};

}  // namespace tidegate::test
