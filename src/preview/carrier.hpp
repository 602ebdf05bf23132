#pragma once

/// Who carries a decision out: the engine itself, or a commit that asks a cluster to.

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/run.hpp"
#include "model/metadata.hpp"
#include "preview/decide.hpp"
#include "preview/target_lock.hpp"

namespace tidegate::preview {

/// A preview database that is there.
struct Standing {
  PullNumber number;
  std::string database{};  ///< its name
  std::optional<Metadata> metadata{};
  bool busy = false;        ///< another run is writing it
  bool half_done = false;   ///< a dead run has decided something there, and not finished it
  Bytes size{};             ///< only of look()
  bool unreadable = false;  ///< what it says of itself
  bool leftover = false;  ///< nobody's data is there: a run that came to nothing has left an empty
                          ///< database, or a preview that is over whatever else it had
};

/// What decide() wants to know of it. Nothing: there is no database.
TargetSeen seen(const std::optional<Standing>& standing);

/// What is to be done for one pull request.
struct Errand {
  PullRequest pull;
  Decision decision{};
  std::optional<LockRecord> lock{};  ///< to be recorded with what is filled
  MayGoOn may_go_on{};
  bool again = false;                  ///< a person asked, though it may have been done before
  std::optional<SystemTime> filled{};  ///< when the database was, by its own word
};

/// What became of it.
struct Carried {
  bool done = true;  ///< false: it was asked for, and is done by others later (a commit)
  std::optional<Metadata> metadata{};  ///< as written, where this run wrote it
  std::string says{};  ///< for people: `filled from …`, `commit 4be1c02 asks for it`
  int attempt = 1;     ///< how often they have been asked by now, since nothing came of it
};

/// Errors: what engines throw, conflict above all (another run holds the target).
class Carrier {
 public:
  virtual ~Carrier() = default;
  /// What a preview's database is called, whether it is there or not.
  virtual std::string database(PullNumber number) const = 0;
  /// Nothing where there is no database. Never writes.
  virtual std::optional<Standing> look(Run& run, PullNumber number) = 0;
  /// All that are there, by number.
  virtual std::vector<Standing> list(Run& run) = 0;
  /// Takes the lock as the labels have it (nothing: unlocked) into the target's metadata, marks a
  /// database without metadata as seeded for this commit, and finishes what is half done. Before
  /// anything else is done or said. Asks nobody where `standing` says that all is so already.
  /// @returns what the target says of itself now; nothing where it is gone.
  virtual std::optional<Metadata> mirror(Run& run, const PullRequest& pull,
                                         const std::optional<LockRecord>& lock,
                                         const Standing& standing) = 0;
  /// Fills or drops, as `errand.decision.action` says.
  virtual Carried carry(Run& run, const Errand& errand) = 0;
  /// Where nothing is to be done to the data: puts in order whatever else the preview has of its
  /// own (a user, a Job that cleans up), or has it removed when the preview is over. Not done: what
  /// was asked for before, though nothing seems to be lacking, is to come.
  virtual Carried tend(Run& /*run*/, const Errand& /*errand*/) { return {}; }
};

}  // namespace tidegate::preview
