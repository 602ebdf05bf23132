#pragma once

/// One connection to one database; all statements are sent through it.

#include <libpq-fe.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/run.hpp"
#include "engine/postgresql/driver/connection.hpp"

namespace tidegate::engine::postgresql {

/// Values for $1, $2 …; an empty one is NULL.
using Parameters = std::vector<std::optional<std::string>>;

/// `{"a","b \"c\""}`: a text[] for one parameter.
std::string array_of(const std::vector<std::string>& texts);

/// The result of a statement, as text. Columns and rows count from 0.
class Rows {
 public:
  explicit Rows(PGresult* result) : result_(result, &PQclear) {}
  int count() const { return PQntuples(result_.get()); }
  bool empty() const { return count() == 0; }
  bool is_null(int row, int column) const;
  std::string text(int row, int column) const;  ///< empty for NULL
  std::int64_t number(int row, int column) const;
  bool flag(int row, int column) const;
  std::vector<std::string> texts(int column) const;  ///< of all rows
  /// For a column made by `(extract(epoch FROM …) * 1000)::bigint`.
  SystemTime time(int row, int column) const;

 private:
  std::unique_ptr<PGresult, decltype(&PQclear)> result_;
};

/// The direction of a socket to wait for.
enum class Socket { readable, either };

/// The server checks every two seconds whether its client is still connected, so it answers a
/// cancel within this time, or never.
inline constexpr std::chrono::milliseconds k_cancel_limit{4'000};

/// Whether a wait must end: the run was stopped, or its time limit has passed.
bool is_over(const Run& run);

/// Obeys the run's stop and time limit while it waits: it sends a cancel to the server, and waits
/// for the answer to that. Its `application_name` is `tidegate/<run>`. It runs under settings of
/// its own (no time limits of a role or database, empty search_path, text forms that are the same
/// on every server), so every name in a statement is qualified. Not thread safe. Errors:
/// unreachable, permission, no_space, conflict (55006, 42P04), not_found (3D000), timeout,
/// cancelled, remote; Error::server_code() is code_of(SQLSTATE).
class SqlSession {
 public:
  /// Connects to the first suitable host of several, as libpq chooses; each host has its own
  /// `connect_timeout`. A failed sign-in is tried again for `sign_in_wait`.
  SqlSession(Run& run, const Conninfo& where, std::chrono::milliseconds sign_in_wait);
  ~SqlSession();
  SqlSession(SqlSession&&) noexcept;
  SqlSession& operator=(SqlSession&&) noexcept;

  /// Runs one statement. `needs`: the right that it takes, where the server's refusal does not name
  /// it.
  Rows ask(Run& run, const std::string& sql, const Parameters& parameters = {},
           const std::string& needs = {});
  /// The same for statements without a result, and for several in one text, which are one
  /// transaction.
  void tell(Run& run, const std::string& sql, const std::string& needs = {});

  /// A name or a text for use in a statement, quoted by libpq.
  std::string name(std::string_view text) const;
  std::string literal(std::string_view text) const;

  int version() const { return PQserverVersion(connection_.get()); }  ///< 150020
  /// The process number that the server sent at connect time; a proxy invents one.
  int told_backend() const { return PQbackendPID(connection_.get()); }
  bool lost() const { return PQstatus(connection_.get()) != CONNECTION_OK; }
  const std::string& display() const { return display_; }
  /// `where` with the one of several hosts that this session has reached: for a program that must
  /// connect to the same server.
  Conninfo reached(const Conninfo& where) const;

 private:
  friend class RowReader;
  friend class RowWriter;
  using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
  void connect(Run& run, const Conninfo& where);
  std::optional<std::string> reach(Run& run, const Conninfo& host);
  void wait_for_answer(Run& run);
  /// Sends a COPY; returns when rows can go in the direction of `expected`.
  void begin_copy(Run& run, const std::string& sql, ExecStatusType expected,
                  const std::string& needs);
  bool wait_a_tick(Socket side);
  bool is_readable();
  std::shared_ptr<const std::atomic<bool>> cancel();
  Rows finish(Run& run, const std::string& needs);
  Error lost_connection() const;

  Connection connection_{nullptr, &PQfinish};
  std::string display_;
};

}  // namespace tidegate::engine::postgresql
