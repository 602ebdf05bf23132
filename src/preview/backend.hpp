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
struct PreviewState {
  PullNumber number;
  std::string database{};  ///< its name
  std::optional<Metadata> metadata{};
  bool busy = false;         ///< another run is writing it
  bool interrupted = false;  ///< an interrupted run left a publish or a drop to finish
  Bytes size{};              ///< set only by inspect()
  bool unreadable = false;   ///< its metadata cannot be read
  bool abandoned = false;    ///< abandoned and without data: an interrupted run left an empty
                             ///< database, or an ended preview left other objects
};

/// The content of a database with this metadata. Nothing: there is no database, since one of
/// tidegate's always has metadata.
TargetContent content_of(const std::optional<Metadata>& metadata);

/// The view of it that decide() needs, and the one answer to what a target holds: a database
/// without metadata holds seed data. Nothing: there is no database.
ObservedTarget seen(const std::optional<PreviewState>& standing);

/// The work requested for one pull request.
struct ApplyRequest {
  PullRequest pull;
  Decision decision{};
  std::optional<LockRecord> lock{};  ///< recorded with the data that is filled in
  RequireUnchanged require_unchanged{};
  bool again = false;                  ///< a person asked for it, so it is done even if it was done
                                       ///< before
  std::optional<SystemTime> filled{};  ///< when the database was filled, from its metadata
};

/// The result of the requested work.
struct ApplyResult {
  bool done = true;  ///< false: it was requested, and others do it later (a commit)
  std::optional<Metadata> metadata{};  ///< as written by this run, if it wrote it
  std::string says{};  ///< for people: `filled from …`, `commit 4be1c02 asks for it`
  int attempt = 1;     ///< how often they have been asked by now, since nothing came of it
};

/// Errors: those of engines, most often conflict (another run holds the target).
class PreviewBackend {
 public:
  virtual ~PreviewBackend() = default;
  /// The name of a preview's database, whether it exists or not.
  virtual std::string database(PullNumber number) const = 0;
  /// Inspects a preview database; nothing when it does not exist. Never writes.
  virtual std::optional<PreviewState> inspect(Run& run, PullNumber number) = 0;
  /// All existing preview databases, ordered by number.
  virtual std::vector<PreviewState> list(Run& run) = 0;
  /// Records the lock given by the labels (nothing: unlocked) in the target's metadata, marks a
  /// database without metadata as seeded for this commit, and finishes an interrupted publish or
  /// drop. Called before anything else is done or reported. Makes no request when `standing` shows
  /// that all this holds already.
  /// @returns the target's metadata afterwards; nothing when the target no longer exists.
  virtual std::optional<Metadata> record_lock(Run& run, const PullRequest& pull,
                                              const std::optional<LockRecord>& lock,
                                              const PreviewState& standing) = 0;
  /// Fills or drops the database, as `request.decision.action` says.
  virtual ApplyResult apply(Run& run, const ApplyRequest& request) = 0;
  /// Called when the data needs no change: repairs the preview's other objects (a user, a Job that
  /// cleans up), or has them removed when the preview has ended. `done` is false when earlier
  /// requested work is still pending, even though nothing seems to be missing.
  virtual ApplyResult maintain(Run& /*run*/, const ApplyRequest& /*request*/) { return {}; }
};

}  // namespace tidegate::preview
