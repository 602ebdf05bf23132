#pragma once

/// The plan of a publish or a drop, as it stands in the lease document from the commit point on:
/// everything that another run needs to finish it.

#include <string>
#include <vector>

#include "engine/mongodb/driver/bson.hpp"

namespace tidegate::engine::mongodb {

/// A staging collection that takes its final name.
struct Move {
  std::string name, staging, uuid;  ///< uuid: of the staged collection; a rename keeps it
  /// UUID of the collection that stood under `name`; empty when there was none. Where a rename
  /// gives another UUID, this is what the published collection is told apart by.
  std::string replaced = {};
};

/// A collection that goes: first out of the way under `aside`, and dropped only if its UUID is the
/// planned one.
struct Removal {
  std::string name, aside, uuid;
};

/// A view as it shall be; `definition` is Definition::text().
struct DesiredView {
  std::string name, definition;
};

struct PublishPlan {
  enum class Purpose { publish, drop };
  Purpose purpose = Purpose::publish;
  std::string run;           ///< the run that made the plan; another may carry it out
  bool had_latest = false;   ///< whether a `latest` document was there
  std::string previous_run;  ///< its run; empty when it named none
  Bson latest;  ///< the document to be written, `_id` and `uuids` included; empty for a drop
  std::vector<Move> moves;
  std::vector<Removal> removals;
  std::vector<DesiredView> views;
  std::vector<std::string> views_removed;

  Bson bson() const;
  static PublishPlan read(const Bson& document);
};

/// `_tidegate.<run>.<n>`: what a run stages; `_tidegate.gone.<run>.<n>`: what it moves out of the
/// way.
std::string staging_name(const std::string& run, int number);
std::string aside_name(const std::string& run, int number);
bool is_staging(std::string_view name);
bool is_aside(std::string_view name);
/// The run in a staging or aside name; empty when there is none.
std::string run_in(std::string_view name);
/// `system.*`, staging, `tmp.agg_out.*` and the metadata collection: never part of what is
/// copied or removed.
bool is_contents(std::string_view name, std::string_view metadata_collection);

}  // namespace tidegate::engine::mongodb
