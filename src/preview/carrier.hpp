#pragma once

/// Who carries a decision out: the engine itself, or a commit that asks a cluster to.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/run.hpp"
#include "model/metadata.hpp"
#include "preview/decide.hpp"

namespace tidegate::preview {

/// A preview database that is there.
struct Standing {
  PullNumber number;
  std::string database;  ///< its name
  std::optional<Metadata> metadata;
  bool busy = false;  ///< another run is writing it
};

/// Asked right before each step that cannot be undone. Throws Error locked (or what came between)
/// when it must not be done any more.
using MayGoOn = std::function<void(Run&)>;

/// What is to be done for one pull request.
struct Errand {
  PullRequest pull;
  Decision decision;
  MayGoOn may_go_on;
};

/// What became of it.
struct Carried {
  bool done = true;  ///< false: it was asked for, and is done by others later (a commit)
  std::optional<Metadata> metadata{};  ///< as written, where this run wrote it
  std::string says{};  ///< for people: `filled from …`, `commit 4be1c02 asks for it`
};

/// Errors: what engines throw, conflict above all (another run holds the target).
class Carrier {
 public:
  virtual ~Carrier() = default;
  /// What the target holds; unknown only where the server says so itself: what cannot be reached
  /// throws.
  virtual TargetSeen look(Run& run, PullNumber number) = 0;
  /// All that are there, by number.
  virtual std::vector<Standing> list(Run& run) = 0;
  /// Takes the lock as the labels have it (nothing: unlocked) into the target's metadata, and marks
  /// a database without metadata as seeded for this commit. Before anything else is done or said.
  /// Nothing where there is no database.
  virtual void mirror(Run& run, const PullRequest& pull, const std::optional<LockRecord>& lock) = 0;
  /// Fills or drops, as `errand.decision.action` says.
  virtual Carried carry(Run& run, const Errand& errand) = 0;
};

}  // namespace tidegate::preview
