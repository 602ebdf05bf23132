#pragma once

/// One database at one moment: pg_dump, and all sessions that join, read the same snapshot.

#include <functional>
#include <string>
#include <vector>

#include "engine/postgresql/copy/catalog.hpp"
#include "engine/postgresql/copy/checksum.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {

/// Reads only: its transactions are READ ONLY. The snapshot lives as long as this object. Only the
/// const members are thread safe.
class ExportedSnapshot {
 public:
  ExportedSnapshot(Run& run, Server& server, DatabaseName database);

  /// For `SET TRANSACTION SNAPSHOT` and `pg_dump --snapshot`.
  const std::string& id() const { return id_; }
  SystemTime time() const { return time_; }  ///< server clock
  SqlSession& session() { return session_; }
  /// By name, as relations().
  std::vector<Relation> relations(Run& run) {
    return postgresql::relations(session_, run, Detail::definitions);
  }

  /// Protects the tables among them from being truncated, rewritten or dropped while this object
  /// lives, as pg_dump does. Waits for transactions that are doing so.
  /// @returns the change that made the rows of a table at this moment unreadable; empty where there
  /// was none. After "dropped" the snapshot is of no use.
  std::string hold(Run& run, const std::vector<Relation>& relations);

  /// A session of its own at the same moment.
  SqlSession join(Run& run) const;
  /// The one that the database's users have, and after it every other schema.
  const std::string& search_path() const { return search_path_; }

  /// The checksum of each relation, in their order; starts with large ones, `parallel` at a time,
  /// each in a session of its own. Does not use session().
  std::vector<Checksum> sum_all(Run& run, const std::vector<Relation>& relations,
                                int parallel) const;
  /// The same with the number of rows alone.
  std::vector<Checksum> count_all(Run& run, const std::vector<Relation>& relations,
                                  int parallel) const;

 private:
  void set_search_path(Run& run, SqlSession& session) const;
  void each_in_a_session(Run& run, std::size_t count, int parallel,
                         const std::function<void(std::size_t, SqlSession&)>& work) const;

  Server& server_;
  DatabaseName database_;
  SqlSession session_;
  std::string id_;
  std::string search_path_;
  SystemTime time_{};
};

}  // namespace tidegate::engine::postgresql
