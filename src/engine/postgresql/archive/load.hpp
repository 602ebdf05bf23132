#pragma once

/// Two ways into an empty database that exists: from an archive, and from production.

#include <filesystem>
#include <string>
#include <vector>

#include "engine/postgresql/copy/exported_snapshot.hpp"
#include "engine/postgresql/copy/prepare.hpp"
#include "engine/postgresql/driver/server.hpp"
#include "engine/postgresql/driver/session_options.hpp"

namespace tidegate::engine::postgresql {

/// What is filled, and to whom it belongs.
struct LoadTarget {
  DatabaseName into;
  std::string owner;  ///< to whom everything belongs, the database too; empty: as in the source
  int parallel = 1;
  std::vector<Setting> writing = {};  ///< see writing_settings()
};

/// Loads an archive as its plan says, with several sessions at once. Subscriptions, publications,
/// tablespaces and the sign-ins of foreign servers are never loaded. Any error ends it; the
/// database is then filled in part.
/// @throws Error verification: the archive cannot be read; permission: something in it takes a
/// right that this user lacks.
void load(Run& run, Server& server, const std::filesystem::path& archive,
          const PreparedCopy& prepared, const LoadTarget& filling);

/// The same from production at one moment, without an archive in between: the definitions that rows
/// need from `prepared.schema`, the rows by copy_rows(), large objects through pg_dump and
/// pg_restore, then indexes, constraints and grants, with several sessions at once.
/// @returns the sums of production's rows, in the order of `taken`.
std::vector<Checksum> fill(Run& run, Server& server, ExportedSnapshot& moment,
                           const DatabaseName& from, const PreparedCopy& prepared,
                           const LoadTarget& filling, const std::vector<Relation>& taken);

}  // namespace tidegate::engine::postgresql
