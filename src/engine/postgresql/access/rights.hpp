#pragma once

/// The rights of a user on one database, as the server's catalog lists them.

#include "engine/engine.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {

/// See engine::Engine. Reads only the server's catalog and tries nothing out. `writes` lists each
/// right by which the user could change the data or the database: `INSERT on 'users'`, `CREATE on
/// schema 'public'`, the ownership of a table or of the database, `superuser`. A database that
/// allows no connections, such as a snapshot, is read by copying it as a template, which takes no
/// right on it. Writing a target takes CREATEDB, and, where the target exists, the right to act for
/// its owner. For reading, tables that the selection leaves out are not checked.
engine::Rights rights(Run& run, Server& server, const DatabaseName& database, engine::Need need,
                      const Selection& selection = {});

}  // namespace tidegate::engine::postgresql
