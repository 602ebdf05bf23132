#pragma once

/// A GitOps repository: what a cluster should hold, written by commits.

#include <map>
#include <string>

#include "base/run.hpp"
#include "gitops/git.hpp"
#include "model/gitops_plan.hpp"

namespace tidegate::gitops {

/// Paths below a folder, with `/`, and what the files hold.
using Files = std::map<std::string, std::string>;

/// How every file begins that render writes (objects.hpp). A file without it is somebody else's:
/// never overwritten, never removed.
inline constexpr std::string_view k_mark = "# Rendered by 'tidegate render'";

/// What became of a wish.
struct Written {
  bool changed = false;  ///< false: all was as it should be, and there is no commit
  std::string commit{};  ///< of the branch afterwards
  int files_written = 0, files_removed = 0;
};

/// One branch of one repository. Commits are made from git's own objects, without a work tree, so
/// that no link or attribute in the repository leads anywhere. Not thread safe.
class Repository {
 public:
  /// Speaks to the host from the first call on. @throws Error config: no address to speak to.
  explicit Repository(GitopsPlan plan);

  /// Makes `folder` hold exactly these files of ours, in one commit on top of whatever the branch
  /// is then; when another push wins, on top of that, again and again with growing pauses until the
  /// run's time is over. Nothing to change: no commit. A lost answer does no harm: the next try
  /// finds what it wanted.
  /// @throws Error refused: a file of that name is not ours, or a path leaves the folder; conflict:
  /// others' pushes won ten times; unreachable, permission, config, remote as Git says.
  Written replace(Run& run, const std::string& folder, const Files& files,
                  const std::string& message);

 private:
  GitopsPlan plan_;
};

}  // namespace tidegate::gitops
