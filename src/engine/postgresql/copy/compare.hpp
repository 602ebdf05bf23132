#pragma once

/// Compares a copy with its expected content.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/copy/checksum.hpp"
#include "engine/postgresql/copy/exported_snapshot.hpp"

namespace tidegate::engine::postgresql {

/// The observed content of a database.
struct DatabaseImage {
  std::vector<Relation> relations;  ///< by name
  std::vector<Checksum> sums;       ///< in their order
  /// Where no row was read and there are no sums: how far the rows are known to be equal anyway.
  std::optional<Verified> unread = {};
};

/// Reads the whole database at one moment.
DatabaseImage image_of(Run& run, Server& server, const DatabaseName& database, int parallel);
/// Reads only its catalog.
DatabaseImage outline_of(Run& run, Server& server, const DatabaseName& database, Verified rows);

/// The expected state of one relation. Empty texts and absent sums are not compared.
struct ExpectedRelation {
  Content content;                     ///< documents, bytes and checksum as far as `verified` says
  std::string definition = {};         ///< exact, where the same server version printed it
  std::optional<bool> populated = {};  ///< of a materialized view, where it is known
};

/// How values are compared that the copy computed again: rows of materialized views, and stored
/// generated columns.
enum class Computed {
  noted,     ///< they may differ from the source, and a warning says so
  compared,  ///< they are the copy's own, and must be equal
};

/// Finds missing, unexpected and unequal relations. `report.contents` are those of the image, each
/// with how it was compared.
VerifyReport compare(const std::vector<ExpectedRelation>& wanted, const DatabaseImage& image,
                     Computed computed);

/// Warns of values that were computed differently, and of definitions that were not compared
/// because a server of another version printed them.
void say_compared(Run& run, const std::vector<ExpectedRelation>& wanted,
                  const VerifyReport& report);

}  // namespace tidegate::engine::postgresql
