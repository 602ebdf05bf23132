#include "support/git_ssh_server.hpp"

#include <fmt/format.h>

#include "support/places.hpp"

namespace tidegate::test {

// Debian's python3-asyncssh is for Debian's Python.
GitSshServer::GitSshServer(const GitServer& git)
    : server_({"/usr/bin/python3", "-Wignore",
               (source_directory() / "tests/support/git_ssh_server.py").string(),
               git.path("x").parent_path().string(), keys_.path().string()}) {}

GitopsPlan GitSshServer::plan(const std::string& name) const {
  GitopsPlan plan;
  plan.repository = fmt::format("ssh://git@127.0.0.1:{}/{}.git", server_.port(), name);
  plan.ssh_key_file = file("id");
  plan.known_hosts_file = file("known_hosts");
  return plan;
}

}  // namespace tidegate::test
