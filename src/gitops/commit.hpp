#pragma once

/// A pull request's files, committed to the GitOps repository.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "gitops/intent.hpp"
#include "gitops/repository.hpp"
#include "model/pull_request.hpp"
#include "model/render_plan.hpp"

namespace tidegate::gitops {

/// The effect of the files on the preview's database when they are deployed.
enum class Data {
  as_deployed,  ///< what every deployment of this commit does
  fill_once,    ///< locked, and not there yet
  left          ///< none: only the lock changed
};

/// A pull request's files, by path below its folder. None where its labels ask for nothing.
struct Deployment {
  Files files{};
  bool over = false;    ///< the preview ends: `files` are those that its end needs
  bool wanted = false;  ///< the pull request asks for a preview now; else it is only kept
};
using Manifests =
    std::function<Deployment(const PullRequest&, Data, const std::optional<FillRequest>& ask)>;

/// The files as render makes them.
Manifests manifests(RenderPlan plan);

/// The values that a commit message may contain.
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
struct CommitReason {
  std::string action{};  ///< `fill`, `reset`, `lock` …
  std::string reason{};  ///< one sentence
};

struct DesiredPreview {
  Data data = Data::as_deployed;
  bool again = false;  ///< ask again, even if it was done for this commit already
  /// When the database was filled, by its metadata: a request made after that is not done yet.
  std::optional<SystemTime> filled{};
};

/// Whether the database of a preview that is over still exists.
enum class RemainingData { database, nothing };

/// The files of a preview stay for this long after its database is gone. Its Applications are
/// rendered from them while they are deleted, or first finish a Job that fills.
inline constexpr std::chrono::minutes k_going{30};
/// An Application whose cleanup Job has just been added stays for this long: it does not run a
/// hook that it has not compared before its deletion.
inline constexpr std::chrono::minutes k_compared{5};
/// A request that is not done is made again after this long, then after twice as long, and so on
/// up to a day.
inline constexpr std::chrono::minutes k_asked_again{30};

/// Commits for one configured database. Each call makes one commit, or none where nothing changes;
/// it may be repeated.
class Commits {
 public:
  /// @throws Error config: the plan is wrong; found before the repository is asked.
  /// `repository`: the plan's, where none is given.
  Commits(GitopsPlan plan, std::string database, Manifests manifests,
          std::shared_ptr<Repository> repository = {});

  /// Makes the pull request's folder hold the files that its labels ask for, and no others of ours.
  /// A preview that is over begins to end: as end() with a database. CommitResult::to_come: an
  /// earlier request is not done yet, and stays.
  CommitResult commit(Run& run, const PullRequest& pull, const DesiredPreview& wanted,
                      const CommitReason& why) const;
  /// The preview is over; where there is a folder, its Application of jobs goes, and with it, by
  /// its cleanup Job, the database. Where that is still there after a while, the Application comes
  /// again, to go again. All the rest goes k_going after nothing was seen to remain.
  CommitResult end(Run& run, const PullRequest& pull, RemainingData remains,
                   const CommitReason& why) const;
  /// Removes all files of ours from the folder immediately: no Job can clean up.
  CommitResult remove(Run& run, PullNumber number, const CommitReason& why) const;

  /// The pull requests that have a folder of ours.
  std::set<PullNumber> standing(Run& run) const;

 private:
  CommitResult put(Run& run, const DesiredFiles& wish, const MessageValues& values) const;

  GitopsPlan plan_;
  std::string database_;
  Manifests manifests_;
  std::shared_ptr<Repository> repository_;
};

/// `commit 4be1c02 asks for it`, for people.
std::string said(const CommitResult& written, Mode mode);

}  // namespace tidegate::gitops
