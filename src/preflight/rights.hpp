#pragma once

/// The rights that a run's credential must have, and those that it must not have.

#include <optional>
#include <string>

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/names.hpp"

namespace tidegate::preflight {

/// A credential that could write production.
enum class ProductionWrites { refuse, accept };

/// At least one of `reads` and `writes`.
struct RightsNeeded {
  std::string name;                    ///< of the configured database, for hints
  std::optional<DatabaseName> reads;   ///< what the run reads, if anything
  std::optional<DatabaseName> writes;  ///< nothing for an archive: no server is written
  DatabaseName production;
  ProductionWrites production_writes = ProductionWrites::refuse;
  /// Must not be writable by this credential either. Only a warning: the server must enforce it.
  std::optional<DatabaseName> spared;
};

/// Shows the rights of the credential in one step of the run's progress. Where they cannot be
/// known, a warning says so and the run goes on: the server decides on each call. A known right to
/// write production is refused all the same.
/// @throws Error permission (every missing right named), refused (it could write production).
void require_rights(Run& run, engine::Engine& engine, const RightsNeeded& needed);

/// `find on 'a', insert on 'a', find on 'b'` → `find, insert on 'a'; find on 'b'`: keeps a long
/// list of missing rights readable.
std::string by_place(const std::vector<std::string>& rights);

/// `insert, update and 4 more`: for messages.
std::string shortened(const std::vector<std::string>& words);

}  // namespace tidegate::preflight
