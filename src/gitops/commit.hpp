#pragma once

/// A pull request's files, committed to the GitOps repository.

#include <functional>
#include <string>

#include "gitops/repository.hpp"
#include "model/pull_request.hpp"
#include "model/render_plan.hpp"

namespace tidegate::gitops {

/// What the files do to the preview's database when they are deployed.
enum class Data {
  as_deployed,  ///< what every deployment of this commit does
  fill_once,    ///< locked, and not there yet
  left          ///< nothing: the lock came or went, and that alone changes no data
};

/// A pull request's files, by path below its folder. Nothing where its labels ask for nothing.
using Manifests = std::function<Files(const PullRequest&, Data)>;

/// As they are rendered.
Manifests manifests(RenderPlan plan);

/// Repository::replace(), or what stands in for it.
using Replace = std::function<Written(Run&, const std::string& folder, const Files& files,
                                      const std::string& message)>;

/// What a message may speak of.
struct MessageValues {
  PullNumber number;
  std::string action{}, commit{}, reason{};
};

/// Puts `number`, `action`, `commit` and `reason` in place of `{{number}}` and so on. Empty: a
/// message of our own. @throws Error config: there is no such name, or a `{{` is never closed.
std::string commit_message(const std::string& wording, const MessageValues& values);

/// Where a pull request's files of one database are: `gitops.folder` with its number, and in it the
/// configured name, so that databases leave each other's alone.
/// @throws Error config: it has no `{number}`, so that all would share one folder.
std::string folder_of(const GitopsPlan& plan, const std::string& database, PullNumber number);

/// Why a commit is made, for its message.
struct Why {
  std::string action{};  ///< `fill`, `reset`, `lock` …
  std::string reason{};  ///< one sentence
};

/// Of one configured database. Each call is one commit, or none where all is as it should be; it
/// may be repeated.
class Commits {
 public:
  /// @throws Error config: what is wrong with the plan is said before anybody is asked.
  Commits(GitopsPlan plan, std::string database, Manifests manifests, Replace replace = {});

  /// The pull request's folder holds what its labels ask for, and nothing else of ours.
  Written commit(Run& run, const PullRequest& pull, Data data, const Why& why) const;
  /// It holds nothing of ours any more.
  Written remove(Run& run, PullNumber number, const Why& why) const;

 private:
  Written put(Run& run, const Files& files, const MessageValues& values) const;

  GitopsPlan plan_;
  std::string database_;
  Manifests manifests_;
  Replace replace_;
};

/// `commit 4be1c02 asks for it`, for people.
std::string said(const Written& written, Mode mode);

}  // namespace tidegate::gitops
