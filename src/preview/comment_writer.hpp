#pragma once

/// The comments about the previews of one database: what they say, and in which words.

#include <memory>
#include <optional>
#include <string>

#include "archive/archive.hpp"
#include "base/run.hpp"
#include "base/secret.hpp"
#include "engine/connect.hpp"
#include "model/forge_plan.hpp"
#include "model/gate.hpp"
#include "model/metadata.hpp"
#include "model/plan.hpp"
#include "preview/decide.hpp"

namespace tidegate::preview {

/// The facts for a comment.
struct ReportSubject {
  const PullRequest& pull;
  const Decision& decision;
  std::string database{};                        ///< its name, whether it exists or not
  TargetContent holds = TargetContent::unknown;  ///< at the time of the report
  std::optional<Metadata> metadata{};            ///< nothing where the database has none
  bool working = false;                          ///< the decision is being applied now
  std::string failure{}, hint{};                 ///< for Notice::failed
  LastReport before{};                           ///< the reported state at the time of the decision
};

/// Writes comments: Markdown, with text from outside escaped.
class CommentWriter {
 public:
  virtual ~CommentWriter() = default;
  /// The status comment, edited in place; without the hidden lines that it has of its own.
  virtual std::string status(const ReportSubject& subject) const = 0;
  /// A separate comment.
  virtual std::string notice(Notice notice, const ReportSubject& subject) const = 0;
  /// Removes secrets from an error's text.
  virtual std::string clean(const std::string& words) const = 0;
};

/// The facts about one configured database that its comments show.
struct CommentedDatabase {
  std::string name;  ///< as configured
  PullPolicy policy;
  PreviewPages pages;
  Topology topology;
  std::optional<ArchivePlan> archives{};  ///< where snapshots are archives
  engine::Connect snapshot{};             ///< a connection that reads the snapshot's metadata
  archive::OpenStore open_store{};        ///< for `archives`
};

/// Uses the templates of `database.pages`. An age of the snapshot that cannot be asked for is left
/// out. `run` and `redactor` outlive the writer. @throws Error config: the templates.
std::shared_ptr<const CommentWriter> template_writer(CommentedDatabase database, Run& run,
                                                     const Redactor& redactor);

}  // namespace tidegate::preview
