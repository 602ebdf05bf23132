#pragma once

/// The source of a target's content: the snapshot's database, or an archive.

#include <memory>
#include <string>

#include "archive/archive.hpp"
#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/plan.hpp"

namespace tidegate::preview {

/// A complete snapshot, ready to be copied.
struct OpenedSnapshot {
  engine::StageRequest request;  ///< `snapshot` is its metadata and always set
  std::string name;  ///< the source's name for the target's metadata: a database or an archive
};

/// The source of one plan. A result of find() is valid while the source lives, or until the next
/// find().
class Source {
 public:
  virtual ~Source() = default;
  /// For people and the journal: `syrf_snapshot`, `/snapshots`.
  virtual std::string place() const = 0;
  /// Finds the newest complete snapshot. Waits for a first one as the plan says and reports each
  /// try. Warns when it is older than the plan's max_age (`now`: the server's clock).
  /// @throws Error not_found: there is none after the wait (the hint lists the options);
  /// verification: it is damaged; and the errors of engines and stores.
  virtual OpenedSnapshot find(Run& run, SystemTime now) = 0;
  /// A warning when another snapshot has replaced this one; empty while it exists.
  virtual std::string replaced_since(Run& run, const Metadata& copied) = 0;
};

/// The database that `plan.topology.snapshot` names. @throws Error config: none is configured.
std::unique_ptr<Source> from_database(engine::Engine& engine, const RestorePlan& plan);
/// The archive named by `plan.from`, or the newest in `store`. Its checksum is checked before use.
/// An archive dated in the future does not count as the newest.
std::unique_ptr<Source> from_archive(archive::Store& store, const RestorePlan& plan);

}  // namespace tidegate::preview
