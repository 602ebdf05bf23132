#pragma once

/// A git host of the tests' own: bare repositories over real HTTP, on loopback.

#include <filesystem>
#include <string>
#include <vector>

#include "base/scratch_directory.hpp"
#include "model/gitops_plan.hpp"
#include "support/script_server.hpp"

namespace tidegate::test {

/// Ends with the object. Skips the test (or fails it, where git is required) when there is no git.
class GitServer {
 public:
  static constexpr auto k_token = "marked-git-token-8d1f";

  GitServer();

  /// Makes a bare repository whose branch `main` holds these files. @returns a plan for it.
  GitopsPlan repository(const std::string& name,
                        const std::vector<std::pair<std::string, std::string>>& files);
  /// Its address; nothing needs to be there.
  std::string address(const std::string& name) const;
  std::filesystem::path path(const std::string& name) const;

  /// git in that repository, by the file system. @returns what it says, without the last newline.
  std::string git(const std::string& name, const std::vector<std::string>& arguments) const;
  /// Paths on `main`, and what one of them holds.
  std::vector<std::string> files(const std::string& name) const;
  std::string file(const std::string& name, const std::string& path) const;
  int commits(const std::string& name) const;

 private:
  ScratchDirectory root_{"git-server"};
  ScriptServer server_;
};

}  // namespace tidegate::test
