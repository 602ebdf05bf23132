#pragma once

/// A copy held against what it should be.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/checksum.hpp"
#include "engine/postgresql/moment.hpp"

namespace tidegate::engine::postgresql {

/// Of a database as it is.
struct Image {
  std::vector<Relation> relations;  ///< by name
  std::vector<Sum> sums;            ///< in their order
  /// Where no row was read, and there are no sums: how far they are known to be equal nevertheless.
  std::optional<Verified> unread = {};
};

/// Reads the whole database at one moment.
Image image_of(Run& run, Server& server, const DatabaseName& database, int parallel);
/// Reads its catalog only.
Image outline_of(Run& run, Server& server, const DatabaseName& database, Verified rows);

/// What one relation should be. Empty texts and absent sums are not compared.
struct Wanted {
  Content content;         ///< documents, bytes and checksum as far as `verified` says
  std::string shape;       ///< columns and their types
  std::string definition;  ///< exact
};

/// What is lacking, what is too much, and what is not equal. `report.contents` are those of the
/// image, with what was compared how.
VerifyReport compare(const std::vector<Wanted>& wanted, const Image& image);

}  // namespace tidegate::engine::postgresql
