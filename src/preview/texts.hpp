#pragma once

/// The comments on a pull request, from templates that a user can replace.

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "model/forge_plan.hpp"
#include "model/pull_request.hpp"
#include "preview/decide.hpp"

namespace tidegate::preview {

/// One database of the pull request, as shown in comments.
struct CommentDatabase {
  std::string name;        ///< configured name: `syrf`; shown when a pull request has several
  std::string database;    ///< `syrf_pr_42`
  std::string production;  ///< the source of the snapshot's data
  std::string snapshot;    ///< the snapshot's database, or the location of its archives
  TargetContent holds = TargetContent::unknown;
  /// Time of the snapshot that it holds, otherwise of the newest one; nothing: no snapshot has been
  /// taken yet.
  std::optional<SystemTime> snapshot_time{};
  bool snapshot_unknown = false;  ///< the time could not be determined
  std::string commit{};           ///< the commit it was made for; may be empty
};

/// All facts that a comment may contain.
struct CommentContext {
  PullRequest pull;
  PullPolicy policy;
  PreviewPages pages{};
  bool locked = false;
  bool was_locked = false;  ///< as reported last (for a drop: whether the lock was removed)
  std::vector<CommentDatabase> databases{};  ///< for a notice: the databases it is about
  std::string failure{}, hint{};             ///< for Notice::failed: the failure and the hint
};

/// The templates of all comments, in Mustache; docs/guide/pull-requests.md lists the names they may
/// use. Every value is escaped before a template receives it, with `{{{name}}}` as well. May be
/// used by several threads.
class Texts {
 public:
  Texts();
  /// Files `status.md`, `filled.md` … in `directory` replace the built-in templates; empty: only
  /// the built-in ones.
  /// @throws Error config: the directory does not exist, a file cannot be read or is not a valid
  /// template, or its name belongs to no comment.
  explicit Texts(const std::string& directory);

  /// Markdown for sticky_body() (remembered.hpp). Both texts leave room in a comment for the hidden
  /// state.
  std::string status(const CommentContext& context) const;
  std::string notice(Notice notice, const CommentContext& context) const;

 private:
  std::string render(std::string_view name, const CommentContext& context) const;
  std::map<std::string, std::string, std::less<>> templates_;
};

/// The facts of a status comment as JSON, for workflows.
nlohmann::ordered_json to_json(const CommentContext& context);

/// The name of every comment (`status`, `filled`, `seed-next` …) with its built-in template.
const std::map<std::string, std::string, std::less<>>& own_templates();

}  // namespace tidegate::preview
