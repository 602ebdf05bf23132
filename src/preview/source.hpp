#pragma once

/// Where a target's content comes from: the snapshot's database, or an archive.

#include <memory>
#include <string>

#include "archive/archive.hpp"
#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/plan.hpp"

namespace tidegate::preview {

/// A complete snapshot, ready to be copied.
struct Found {
  engine::StageRequest request;  ///< `snapshot` is its metadata, and always there
  std::string name;  ///< what the target's metadata calls its source: a database, an archive
};

/// Of one plan. What find() hands out lives as long as the source, or until the next find().
class Source {
 public:
  virtual ~Source() = default;
  /// For people and the journal: `syrf_snapshot`, `/snapshots`.
  virtual std::string place() const = 0;
  /// The newest complete snapshot; waits for a first one as the plan says, each try said. Warns
  /// when it is older than the plan's max_age (`now`: the server's clock).
  /// @throws Error not_found: there is none after the wait (with the ways out); verification: it is
  /// damaged; and what engines and stores throw.
  virtual Found find(Run& run, SystemTime now) = 0;
  /// A warning about another snapshot having taken the place of this one; empty while it is there.
  virtual std::string replaced_since(Run& run, const Metadata& copied) = 0;
};

/// The database that `plan.topology.snapshot` names. @throws Error config: none is configured.
std::unique_ptr<Source> from_database(engine::Engine& engine, const RestorePlan& plan);
/// The archive that `plan.from` names, or the newest in `store`; proved before it is handed out.
/// An archive that claims to be from the future is not the newest.
std::unique_ptr<Source> from_archive(archive::Store& store, const RestorePlan& plan);

}  // namespace tidegate::preview
