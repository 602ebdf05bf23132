#pragma once

/// A copy held against what it should be.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/copy/checksum.hpp"
#include "engine/postgresql/copy/exported_snapshot.hpp"

namespace tidegate::engine::postgresql {

/// Of a database as it is.
struct DatabaseImage {
  std::vector<Relation> relations;  ///< by name
  std::vector<Checksum> sums;       ///< in their order
  /// Where no row was read, and there are no sums: how far they are known to be equal nevertheless.
  std::optional<Verified> unread = {};
};

/// Reads the whole database at one moment.
DatabaseImage image_of(Run& run, Server& server, const DatabaseName& database, int parallel);
/// Reads its catalog only.
DatabaseImage outline_of(Run& run, Server& server, const DatabaseName& database, Verified rows);

/// What one relation should be. Empty texts and absent sums are not compared.
struct ExpectedRelation {
  Content content;                     ///< documents, bytes and checksum as far as `verified` says
  std::string definition = {};         ///< exact, as far as it is in this server's words
  std::optional<bool> populated = {};  ///< of a materialized view, where it is known
};

/// What was computed again when the copy was made: rows of materialized views, values of stored
/// generated columns.
enum class Computed {
  noted,     ///< may be other than in the source, and the copy says so
  compared,  ///< is the copy's own by now
};

/// What is lacking, what is too much, and what is not equal. `report.contents` are those of the
/// image, with what was compared how.
VerifyReport compare(const std::vector<ExpectedRelation>& wanted, const DatabaseImage& image,
                     Computed computed);

/// Warns of what was computed otherwise, and of definitions that a server of another version has
/// written, which were not compared.
void say_compared(Run& run, const std::vector<ExpectedRelation>& wanted,
                  const VerifyReport& report);

}  // namespace tidegate::engine::postgresql
