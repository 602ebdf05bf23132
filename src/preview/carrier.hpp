#pragma once

/// Applies decisions: with the engine, or with a commit that a cluster applies.

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/run.hpp"
#include "model/metadata.hpp"
#include "preview/decide.hpp"
#include "preview/target_lock.hpp"

namespace tidegate::preview {

/// An existing preview database.
struct Standing {
  PullNumber number;
  std::string database{};  ///< its name
  std::optional<Metadata> metadata{};
  bool busy = false;        ///< another run is writing it
  bool half_done = false;   ///< an interrupted run left a publish or a drop to finish
  Bytes size{};             ///< set only by look()
  bool unreadable = false;  ///< its metadata cannot be read
  bool leftover = false;    ///< abandoned and without data: an interrupted run left an empty
                            ///< database, or an ended preview left other objects
};

/// The view of it that decide() needs. Nothing: there is no database.
TargetSeen seen(const std::optional<Standing>& standing);

/// The work requested for one pull request.
struct Errand {
  PullRequest pull;
  Decision decision{};
  std::optional<LockRecord> lock{};  ///< recorded with the data that is filled in
  MayGoOn may_go_on{};
  bool again = false;                  ///< a person asked for it, so it is done even if it was done
                                       ///< before
  std::optional<SystemTime> filled{};  ///< when the database was filled, from its metadata
};

/// The result of the requested work.
struct Carried {
  bool done = true;  ///< false: it was requested, and others do it later (a commit)
  std::optional<Metadata> metadata{};  ///< as written by this run, if it wrote it
  std::string says{};  ///< for people: `filled from …`, `commit 4be1c02 asks for it`
  int attempt = 1;     ///< how often they have been asked by now, since nothing came of it
};

/// Errors: those of engines, most often conflict (another run holds the target).
class Carrier {
 public:
  virtual ~Carrier() = default;
  /// The name of a preview's database, whether it exists or not.
  virtual std::string database(PullNumber number) const = 0;
  /// Inspects a preview database; nothing when it does not exist. Never writes.
  virtual std::optional<Standing> look(Run& run, PullNumber number) = 0;
  /// All existing preview databases, ordered by number.
  virtual std::vector<Standing> list(Run& run) = 0;
  /// Records the lock given by the labels (nothing: unlocked) in the target's metadata, marks a
  /// database without metadata as seeded for this commit, and finishes an interrupted publish or
  /// drop. Called before anything else is done or reported. Makes no request when `standing` shows
  /// that all this holds already.
  /// @returns the target's metadata afterwards; nothing when the target no longer exists.
  virtual std::optional<Metadata> mirror(Run& run, const PullRequest& pull,
                                         const std::optional<LockRecord>& lock,
                                         const Standing& standing) = 0;
  /// Fills or drops the database, as `errand.decision.action` says.
  virtual Carried carry(Run& run, const Errand& errand) = 0;
  /// Called when the data needs no change: repairs the preview's other objects (a user, a Job that
  /// cleans up), or has them removed when the preview has ended. `done` is false when earlier
  /// requested work is still pending, even though nothing seems to be missing.
  virtual Carried tend(Run& /*run*/, const Errand& /*errand*/) { return {}; }
};

}  // namespace tidegate::preview
