#pragma once

/// The git program, as far as commits to a GitOps repository need it.

#include <filesystem>
#include <string>
#include <vector>

#include "base/run.hpp"
#include "base/run_child.hpp"
#include "model/gitops_plan.hpp"

namespace tidegate::gitops {

/// git in a repository of its own below `home`, without a work tree. It asks no questions, reads
/// no configuration of this machine or user, runs no hooks, follows no redirects and speaks https
/// and ssh alone. The token is handed over in the environment, as a header for that host, never in
/// an address or in arguments. Not thread safe.
class Git {
 public:
  /// Makes the repository. @throws Error config: there is no git.
  Git(Run& run, const GitopsPlan& plan, std::filesystem::path home);

  /// Runs it and gives back its standard output without the last newline.
  /// @throws Error as translate() tells it; cancelled, timeout.
  std::string run(Run& run, const std::vector<std::string>& arguments);
  /// The same; a failure is the caller's to judge.
  ChildResult attempt(Run& run, const std::vector<std::string>& arguments);

  /// The Error that a failure of git is: unreachable, permission (sign-in), config (no such
  /// repository or branch, a host key that is not known), no_space, else remote with git's own
  /// words.
  Error translate(const ChildResult& result, const std::string& what) const;

 private:
  ChildCommand command(const std::vector<std::string>& arguments) const;
  const GitopsPlan& plan_;
  std::filesystem::path home_;
};

}  // namespace tidegate::gitops
