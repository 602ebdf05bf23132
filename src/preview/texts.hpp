#pragma once

/// What is said on a pull request, from templates that a user can replace.

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

/// One database of the pull request, as it is told of.
struct ToldDatabase {
  std::string name;        ///< configured: `syrf`; told where a pull request has several
  std::string database;    ///< `syrf_pr_42`
  std::string production;  ///< where the snapshot's data comes from
  std::string snapshot;    ///< the snapshot's database, or the place of its archives
  Holds holds = Holds::unknown;
  /// Of the snapshot that it holds, else of the newest; nothing: none has been taken yet.
  std::optional<SystemTime> snapshot_time{};
  bool snapshot_unknown = false;  ///< it could not be asked for
  std::string commit{};           ///< that it was made for; may be empty
};

/// Everything that a comment may say.
struct Telling {
  PullRequest pull;
  PullPolicy policy;
  PreviewPages pages{};
  bool locked = false;
  bool was_locked = false;  ///< when it was last told of (dropped: whether the lock came off)
  std::vector<ToldDatabase> databases{};  ///< of a notice: those that it is about
  std::string failure{}, hint{};          ///< Notice::failed: what failed, and what to do
};

/// The templates of all comments. Mustache; what they may name is in docs/guide/pull-requests.md.
/// Every value is escaped before a template sees it, `{{{name}}}` or not. May be used by several
/// threads.
class Texts {
 public:
  Texts();
  /// Files `status.md`, `filled.md` … of `directory` go before the program's own; empty: those
  /// alone. @throws Error config: no such directory, a file that cannot be read, that is no
  /// template, or whose name is none of a text.
  explicit Texts(const std::string& directory);

  /// Markdown, for sticky_body() (remembered.hpp); both short enough for a comment with all that is
  /// hidden in it.
  std::string status(const Telling& telling) const;
  std::string notice(Notice notice, const Telling& telling) const;

 private:
  std::string render(std::string_view name, const Telling& telling) const;
  std::map<std::string, std::string, std::less<>> templates_;
};

/// The facts of a status comment, for workflows.
nlohmann::ordered_json to_json(const Telling& telling);

/// `status`, `filled`, `seed-next` …: every text and the program's own template of it.
const std::map<std::string, std::string, std::less<>>& own_templates();

}  // namespace tidegate::preview
