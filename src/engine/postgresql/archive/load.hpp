#pragma once

/// Two ways into an empty database that exists: from an archive, and from production through a
/// pipe.

#include <filesystem>
#include <string>
#include <vector>

#include "engine/postgresql/access/roles.hpp"
#include "engine/postgresql/copy/catalog.hpp"
#include "engine/postgresql/copy/exported_snapshot.hpp"
#include "engine/postgresql/copy/schema_read.hpp"
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

/// Loads an archive with several sessions at once. Roles that the server lacks, or that this user
/// cannot act for, are no obstacle: then everything belongs to this user, grants to them and
/// policies for them are left out, and a warning says so. Subscriptions, publications, tablespaces
/// and the sign-ins of foreign servers are never loaded. Any other error ends it; the database is
/// then filled in part.
/// @throws Error verification: the archive cannot be read; permission: something in it takes a
/// right that this user lacks.
/// @returns what the copy has otherwise than the archive.
CopyRules load(Run& run, Server& server, const std::filesystem::path& archive,
               const LoadTarget& filling);

/// How pipe() is to load what is in the database of this moment; says what is left out.
RolePlan plan_pipe(Run& run, ExportedSnapshot& moment, const LoadTarget& filling);
/// What the copy has otherwise than its source, as loaded by that plan.
CopyRules rules_of(Run& run, SqlSession& session, const RolePlan& plan, const LoadTarget& filling);

/// The same from `from` at one moment, without an archive in between; one session at each end.
/// Where either end fails, both are ended.
void pipe(Run& run, Server& server, ExportedSnapshot& moment, const DatabaseName& from,
          const std::vector<Relation>& left_out, const LoadTarget& filling, const RolePlan& plan);

}  // namespace tidegate::engine::postgresql
