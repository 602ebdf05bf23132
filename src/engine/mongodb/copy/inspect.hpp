#pragma once

/// The content of a database, and its own metadata. Nothing here writes.

#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/publish/publish_plan.hpp"

namespace tidegate::engine::mongodb {

/// Everything there with sizes, sorted by name. A database that does not exist gives
/// `exists == false`.
engine::Inventory inspect(Run& run, Server& server, const DatabaseName& database,
                          const std::string& metadata_collection);

/// The two documents of the metadata collection, read in one command with majority.
struct Records {
  std::optional<Bson> lease, latest;
  std::string database;  ///< for messages
  /// The plan of a publish that has passed its commit point: the database holds what it says,
  /// no matter which run carries it out. A plan to drop does not count.
  std::optional<PublishPlan> plan() const;
  /// The rule for readers: during a publish what is being published, else `latest`.
  /// A document that is no metadata comes as Metadata::unreadable.
  std::optional<Metadata> published() const;
  /// The lease's holder, by the server's clock; nothing when it is free. Run out counts as held.
  std::optional<engine::Holder> holder(SystemTime now) const;
};

/// @throws Error permission: names the metadata collection.
Records records(Run& run, Server& server, const DatabaseName& database,
                const std::string& metadata_collection);

/// @throws Error remote: not even the lock can be read.
std::optional<Metadata> published_metadata(Run& run, Server& server, const DatabaseName& database,
                                           const std::string& metadata_collection);
std::optional<engine::Holder> holder(Run& run, Server& server, const DatabaseName& database,
                                     const std::string& metadata_collection);

/// Databases whose name is exactly of the pattern, by number, with what they say of themselves.
/// One that may be seen but not read is an error: taken for an empty one, its lock would be missed.
std::vector<engine::FilledDatabase> list(Run& run, Server& server, const NamePattern& pattern,
                                         const std::string& metadata_collection);

/// Whose a collection is that stands in a database's listing.
enum class CollectionOwner {
  to_user,     ///< data, to be copied or replaced
  to_staging,  ///< `_tidegate.…`: of a run that has not finished
  to_engine,   ///< `system.…`, the server's temporary ones, tidegate's metadata: never copied
};
CollectionOwner belongs(const CollectionInfo& collection, const std::string& metadata_collection);

}  // namespace tidegate::engine::mongodb
