#pragma once

/// The connection of one credential to one server.

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/run.hpp"
#include "engine/postgresql/driver/session.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"

namespace tidegate::engine::postgresql {

inline constexpr int k_oldest_version = 130000;
inline constexpr int k_copy_strategies_since = 150000;
inline constexpr int k_file_clones_since = 180000;

/// Thread safe. Sends nothing before the first call. Errors: as SqlSession's.
class Server {
 public:
  /// @throws Error config: the connection string cannot be read.
  explicit Server(const Endpoint& endpoint);

  /// A session in the maintenance database: the database that the connection string names, else
  /// `postgres`.
  SqlSession open(Run& run) const;
  SqlSession open(Run& run, const DatabaseName& database) const;

  /// Runs one statement in the maintenance database, in a session that is kept between calls. Where
  /// that session was lost, the statement is sent again in a new one: only for statements that may
  /// run twice.
  Rows ask(Run& run, const std::string& sql, const Parameters& parameters = {});
  /// The same for work that quotes names; called again after a lost connection.
  Rows ask(Run& run, const std::function<Rows(SqlSession&)>& work);

  int version(Run& run);  ///< 150020. @throws Error refused: older than 13
  SystemTime now(Run& run);
  const Conninfo& conninfo() const { return conninfo_; }
  std::string display() const { return conninfo_.display(); }
  /// The database of the path, or `postgres`.
  DatabaseName maintenance() const;

 private:
  Conninfo conninfo_;
  std::chrono::milliseconds sign_in_wait_;
  std::mutex mutex_;
  std::optional<SqlSession> kept_;
  std::string kept_for_;  ///< the run that opened it: sessions carry their run's name
};

/// The server's clock, in milliseconds since 1970, as a column for Rows::time().
inline constexpr auto k_now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

}  // namespace tidegate::engine::postgresql
