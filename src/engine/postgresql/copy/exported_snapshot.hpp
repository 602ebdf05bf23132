#pragma once

/// One database held at one moment: whatever is read here, in however many sessions, and by
/// pg_dump, is of the same snapshot.

#include <memory>
#include <string>
#include <vector>

#include "engine/postgresql/copy/catalog.hpp"
#include "engine/postgresql/copy/checksum.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {

/// Reads only: its transactions are READ ONLY. The snapshot is there as long as this object. Not
/// thread safe but for sum_all().
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

  /// The sum of each relation, in their order; the largest is begun first, `parallel` at a time,
  /// each in a session of its own, with the search_path that the database's users have. Does not
  /// use session().
  std::vector<Checksum> sum_all(Run& run, const std::vector<Relation>& relations, int parallel,
                                Reading reading = Reading::summed) const;

 private:
  SqlSession join(Run& run) const;

  Server& server_;
  DatabaseName database_;
  SqlSession session_;
  std::string id_;
  std::string search_path_;
  SystemTime time_{};
};

}  // namespace tidegate::engine::postgresql
