#pragma once

/// The rights that a run's credential must have, and those that it must not have.

#include <chrono>
#include <optional>
#include <string>

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"

namespace tidegate::preflight {

/// A credential that could write production.
enum class ProductionWrites { refuse, accept };

/// At least one of `reads` and `writes`.
struct RightsNeeded {
  std::string name;                     ///< of the configured database, for hints
  std::optional<DatabaseName> reads{};  ///< what the run reads, if anything
  std::optional<DatabaseName>
      writes{};  ///< nothing for an archive: it is no server that is written
  DatabaseName production;
  ProductionWrites production_writes = ProductionWrites::refuse;
  /// Must not be writable by this credential either; said in a warning, for only the server can
  /// enforce it.
  std::optional<DatabaseName> spared{};
  /// How long a missing right is waited for: a user that is being changed gets it a little later.
  std::chrono::milliseconds wait{0};
  std::string owner = {};    ///< to whom what is written is to belong; may be empty
  Selection selection = {};  ///< of what is read of production
};

/// Says in one step of the run's progress what the credential may do. Where that cannot be known, a
/// warning says so and the run goes on: the server then decides, call by call. Writes to production
/// that are known are refused all the same.
/// @throws Error permission (every right named that is missing after the wait), refused (it could
/// write production), or the kind of an obstacle to making databases.
void require_rights(Run& run, engine::Engine& engine, const RightsNeeded& needed);

/// `find on 'a', insert on 'a', find on 'b'` → `find, insert on 'a'; find on 'b'`: keeps a long
/// list of missing rights readable.
std::string by_place(const std::vector<std::string>& rights);

/// `insert, update and 4 more`: for messages.
std::string shortened(const std::vector<std::string>& words);

}  // namespace tidegate::preflight
