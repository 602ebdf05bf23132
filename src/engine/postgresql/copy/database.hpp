#pragma once

/// Databases as the server's catalog has them, and what is done to them as a whole.

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
/// Those of them that stand under staging names for this target.
std::vector<Database> staging_of(const std::vector<Database>& all, const DatabaseName& target);

void set_comment(SqlSession& session, Run& run, const DatabaseName& name, const std::string& text);

/// How long clearing away what a run has made may take whatever became of the run. Short after a
/// stop, for the program is to be gone within seconds: what is left then is the next run's.
std::chrono::milliseconds time_to_clear(const Run& run);

/// Ends every connection of a role to a database, and returns when they are gone. Autovacuum, which
/// has none, is left to the server.
/// @throws Error permission: one is another user's, who is named; conflict: one does not end, or
/// what refuse_holds() names.
void end_connections(SqlSession& session, Run& run, const DatabaseName& name);

/// SqlSession::tell for what the server does to a database without users; tried again where
/// something of its own, as autovacuum, has stayed there too long.
void tell_once_unused(SqlSession& session, Run& run, const std::string& sql,
                      const std::string& needs = {});

/// Whoever is connected and however it is marked. Success when there is none.
void drop_database(SqlSession& session, Run& run, const DatabaseName& name);

}  // namespace tidegate::engine::postgresql
