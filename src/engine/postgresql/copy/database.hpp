#pragma once

/// Databases as the server's catalog lists them, and operations on whole databases.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "engine/postgresql/driver/server.hpp"
#include "engine/postgresql/publish/comment.hpp"

namespace tidegate::engine::postgresql {

/// One row of pg_database.
struct Database {
  DatabaseName name;
  std::string comment;
  std::string owner;
  Bytes size;  ///< 0 where this user may not ask
  bool allows_connections = true;
  bool is_template = false;
  bool is_invalid = false;  ///< its drop was interrupted: it can only be dropped again

  std::optional<Metadata> metadata() const { return metadata_in(comment, name.text()); }
};

std::optional<Database> find_database(SqlSession& session, Run& run, const DatabaseName& name);
std::optional<Database> find_database(Server& server, Run& run, const DatabaseName& name);
/// Every database on the server, by name; without sizes.
std::vector<Database> all_databases(SqlSession& session, Run& run);
/// Those of them that are under staging names for this target.
std::vector<Database> staging_of(const std::vector<Database>& all, const DatabaseName& target);

void set_comment(SqlSession& session, Run& run, const DatabaseName& name, const std::string& text);

/// How long a run may take to remove its own staging data, whatever happened to the run. Short
/// after a stop, since the program must end within seconds: the next run removes the rest.
std::chrono::milliseconds time_to_clear(const Run& run);

/// Ends every connection of a role to a database, and returns when they are closed. Autovacuum has
/// no role, and is left to the server.
/// @throws Error permission: a connection belongs to another user, who is named; conflict: a
/// connection does not end, or refuse_holds() finds an obstacle.
void end_connections(SqlSession& session, Run& run, const DatabaseName& name);

/// SqlSession::tell for a statement that needs a database without users; tried again where a
/// process of the server, such as autovacuum, blocked it too long.
void tell_once_unused(SqlSession& session, Run& run, const std::string& sql,
                      const std::string& needs = {});

/// Drops it with its connections, also a template. Success where it does not exist.
void drop_database(SqlSession& session, Run& run, const DatabaseName& name);

}  // namespace tidegate::engine::postgresql
