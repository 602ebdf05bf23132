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
  left          ///< nothing: the lock came or went, and that alone changes no data
};

/// A pull request's files, by path below its folder. None where its labels ask for nothing.
struct Deployment {
  Files files{};
  bool over = false;    ///< the preview goes: files are those that its end needs
  bool wanted = false;  ///< by its pull request, and not only kept
};
using Manifests =
    std::function<Deployment(const PullRequest&, Data, const std::optional<Ask>& ask)>;

/// As they are rendered.
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
struct Why {
  std::string action{};  ///< `fill`, `reset`, `lock` …
  std::string reason{};  ///< one sentence
};

struct Wanted {
  Data data = Data::as_deployed;
  bool again = false;  ///< though it may have been done for this commit
  /// When the database was filled, by its own word: what was asked for after that is to come.
  std::optional<SystemTime> filled{};
};

/// Whether there still is a database, when a preview is over.
enum class Remains { database, nothing };

/// For so long after a preview's database is gone its files stay: its Applications go meanwhile,
/// or finish a Job that fills before they do, and are rendered from them.
inline constexpr std::chrono::minutes k_going{30};
/// For so long an Application stays that is shown its cleanup Job only now: what it has not
/// compared before it goes, it does not run.
inline constexpr std::chrono::minutes k_compared{5};
/// After so long what was asked for and is not done is asked for again, then after twice as long,
/// and so on up to a day.
inline constexpr std::chrono::minutes k_asked_again{30};

/// Of one configured database. Each call is one commit, or none where all is as it should be; it
/// may be repeated.
class Commits {
 public:
  /// @throws Error config: what is wrong with the plan is said before anybody is asked.
  /// `repository`: of the plan, where none is given.
  Commits(GitopsPlan plan, std::string database, Manifests manifests,
          std::shared_ptr<Repository> repository = {});

  /// The pull request's folder holds what its labels ask for, and nothing else of ours. Of a
  /// preview that is over, its end begins: as end() with a database. Written::to_come: what was
  /// asked for before is not done yet, and stays asked for.
  Written commit(Run& run, const PullRequest& pull, const Wanted& wanted, const Why& why) const;
  /// The preview is over; where there is a folder, its Application of jobs goes, and with it, by
  /// its cleanup Job, the database. All the rest goes k_going after nothing was seen to remain.
  Written end(Run& run, const PullRequest& pull, Remains remains, const Why& why) const;
  /// The folder holds nothing of ours any more, at once: no Job can clean up.
  Written remove(Run& run, PullNumber number, const Why& why) const;

  /// The pull requests that have a folder of ours.
  std::set<PullNumber> standing(Run& run) const;

 private:
  Written put(Run& run, const Wish& wish, const MessageValues& values) const;

  GitopsPlan plan_;
  std::string database_;
  Manifests manifests_;
  std::shared_ptr<Repository> repository_;
};

/// `commit 4be1c02 asks for it`, for people.
std::string said(const Written& written, Mode mode);

}  // namespace tidegate::gitops
