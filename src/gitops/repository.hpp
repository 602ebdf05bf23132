#pragma once

/// A GitOps repository: the desired state of a cluster, written by commits.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/run.hpp"
#include "gitops/git.hpp"
#include "model/gitops_plan.hpp"

namespace tidegate::gitops {

/// Contents of files by their paths below a folder, with `/`.
using Files = std::map<std::string, std::string>;

/// Every file that render writes begins so (objects.hpp). A file without it is not ours: it is
/// never overwritten and never removed.
inline constexpr std::string_view k_mark = "# Rendered by 'tidegate render'";

/// The files of ours that a folder shall hold, given those it holds now; nothing: it is left as it
/// is. May be called several times.
using DesiredFiles = std::function<std::optional<Files>(const Files& there)>;

/// The result of a wish.
struct CommitResult {
  bool changed = false;  ///< false: all was as it should be, and there is no commit
  std::string commit{};  ///< of the branch afterwards
  int files_written = 0, files_removed = 0;
  bool to_come = false;  ///< others have yet to do what the files ask for
  int attempt = 1;       ///< how often the files have asked for it by now
};

/// One branch of one repository. Commits are made from git's own objects, without a work tree, so
/// that no link or attribute in the repository leads anywhere. Not thread safe.
class Repository {
 public:
  /// Speaks to the host from the first call on. @throws Error config: no address to speak to.
  explicit Repository(GitopsPlan plan);
  virtual ~Repository() = default;
  Repository(const Repository&) = delete;
  Repository& operator=(const Repository&) = delete;

  /// Makes `folder` hold exactly the files of ours that `wish` returns, in one commit on top of the
  /// branch's head. When another push wins, the commit is made again on top of that one, with
  /// growing pauses, until the run's time is over. Nothing to change: no commit. A lost answer does
  /// no harm: the next try finds its commit there.
  /// @throws Error refused: a file of that name is not ours, or a path leaves the folder; conflict:
  /// others' pushes won ten times; unreachable, permission, config, remote as Git says.
  virtual CommitResult replace(Run& run, const std::string& folder, const DesiredFiles& wish,
                               const std::string& message);

  /// The paths of all files below a folder (empty: of the whole branch), ours or not. @throws
  /// Error as replace() does.
  virtual std::vector<std::string> paths(Run& run, const std::string& folder);

 private:
  GitopsPlan plan_;
};

}  // namespace tidegate::gitops
