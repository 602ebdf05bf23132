#pragma once

/// Two ways to fill an empty database that exists: from an archive, and from production.

#include <filesystem>
#include <string>
#include <vector>

#include "engine/postgresql/copy/exported_snapshot.hpp"
#include "engine/postgresql/copy/prepare.hpp"
#include "engine/postgresql/driver/server.hpp"
#include "engine/postgresql/driver/session_options.hpp"

namespace tidegate::engine::postgresql {

/// The database to fill, and the owner that it gets.
struct LoadTarget {
  DatabaseName into;
  std::string owner;  ///< of everything, the database too; empty: as in the source
  int parallel = 1;
  std::vector<Setting> writing = {};  ///< see writing_settings()
};

/// Loads an archive as its plan says, with several sessions in parallel. Never loads subscriptions,
/// publications, tablespaces or the user mappings of foreign servers. Any error ends it and leaves
/// the database partly filled.
/// @throws Error verification: the archive cannot be read; permission: an entry takes a right that
/// this user lacks.
void load(Run& run, Server& server, const std::filesystem::path& archive,
          const PreparedCopy& prepared, const LoadTarget& filling);

/// Fills from production at one moment, without an archive in between. Makes the definitions that
/// rows need from `prepared.schema`, copies the rows by copy_rows() and large objects through
/// pg_dump and pg_restore, then makes indexes, constraints and grants, with several sessions in
/// parallel.
/// @returns the checksums of production's rows, in the order of `taken`.
std::vector<Checksum> fill(Run& run, Server& server, ExportedSnapshot& moment,
                           const DatabaseName& from, const PreparedCopy& prepared,
                           const LoadTarget& filling, const std::vector<Relation>& taken);

}  // namespace tidegate::engine::postgresql
