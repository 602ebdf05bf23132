#pragma once

/// What a user may do with one database, as its catalog tells.

#include "engine/engine.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {

/// See engine::Engine. Asked of the server's catalog alone, so nothing is tried out. `writes` are
/// what reaches the data or the place: `INSERT on 'users'`, `CREATE on schema 'public'`, the
/// ownership of a table or of the database, `superuser`. A database that allows no connections, as
/// a snapshot, is read by copying it as a template, which takes no right on it. To write a place
/// takes CREATEDB, and, where it is there, to act for its owner.
/// For reading, tables that the selection leaves out are not looked at.
engine::Rights rights(Run& run, Server& server, const DatabaseName& database, engine::Need need,
                      const Selection& selection = {});

}  // namespace tidegate::engine::postgresql
