#pragma once

/// The `status` command: existing data, its origin, and parts that cannot be determined.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "base/run.hpp"
#include "engine/connect.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"
#include "model/metadata.hpp"

namespace tidegate::preview {

/// The database to report, and the credentials to read it with. When a credential is missing or its
/// server does not answer, only its part is unproven.
struct StatePlan {
  std::string name;
  EngineKind engine = EngineKind::mongodb;
  Topology topology;
  std::optional<std::chrono::milliseconds> max_age;  ///< of the snapshot
  /// Used first to read the snapshot. When it is unavailable, `previews` and then `targets` are
  /// tried, which may read it too.
  engine::Connect snapshot;
  engine::Connect previews;
  std::map<std::string, engine::Connect> targets;  ///< by configured name
  std::optional<TargetName> only;                  ///< only this target (or `snapshot`)
  /// When snapshots are archives: opens their store, which is read in place of a database.
  std::function<std::unique_ptr<archive::Store>()> archives = {};
};

/// Snapshots that are archives.
struct ArchivesState {
  std::string place;
  std::vector<std::string> names;  ///< complete ones, oldest first
  std::string newest;              ///< the archive whose metadata the snapshot's state has
  Bytes size;                      ///< of all of them
  std::vector<std::string> from_the_future;
  std::vector<std::string> damaged;     ///< never used, never removed
  std::vector<std::string> unfinished;  ///< being written now, or abandoned by interrupted runs
  std::vector<std::string> strangers;   ///< never touched
};

struct SnapshotState {
  std::optional<DatabaseName> database;          ///< nothing when snapshots are archives
  std::optional<Metadata> metadata;              ///< absent: no snapshot yet
  std::optional<std::chrono::milliseconds> age;  ///< by the server's clock
  bool stale = false;                            ///< older than max_age
  std::optional<engine::Holder> holder;          ///< a run that is writing it now
  std::vector<std::string> staging;              ///< abandoned by interrupted runs (no live holder)
  std::string unproven;                          ///< why the state is unknown; empty when it is
                                                 ///< known
  std::optional<ArchivesState> archives;         ///< when snapshots are archives
};

struct TargetState {
  std::string name;  ///< `pr-42`, `staging`
  DatabaseName database;
  bool exists = false;
  std::optional<Metadata> metadata;
  std::optional<engine::Holder> holder;
  std::optional<std::chrono::milliseconds> age;  ///< since it was filled, by this clock
  bool stale = false;                            ///< filled from a snapshot that is not the newest
  std::string unproven;
};

struct DatabaseState {
  std::string name;
  EngineKind engine = EngineKind::mongodb;
  SnapshotState snapshot;
  std::vector<TargetState> targets;  ///< previews by number, then named targets by name
  std::string previews_unproven;     ///< why the previews could not be listed
};

/// Reads the state and writes nothing. Errors become `unproven` texts, except cancelled and timeout
/// of the run.
DatabaseState state(Run& run, const StatePlan& plan);

}  // namespace tidegate::preview
