#pragma once

/// Two ways into an empty database that exists: from an archive, and from production through a
/// pipe.

#include <filesystem>
#include <string>

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

/// The same from `from` at one moment, without an archive in between: what is before the rows from
/// `prepared.schema`, the rows through a pipe, the rest with several sessions at once. Where either
/// end of the pipe fails, both are ended.
void pipe(Run& run, Server& server, ExportedSnapshot& moment, const DatabaseName& from,
          const PreparedCopy& prepared, const LoadTarget& filling);

}  // namespace tidegate::engine::postgresql
