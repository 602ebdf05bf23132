#pragma once

/// A thin client for tests with code of its own, so that a fault of the program cannot hide behind
/// the same fault here.

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

struct pg_conn;

namespace tidegate::test {

/// The server refused a statement or a connection.
class SqlFailed : public std::runtime_error {
 public:
  SqlFailed(std::string state, const std::string& message)
      : std::runtime_error(message + " (" + state + ")"), state_(std::move(state)) {}
  const std::string& state() const { return state_; }  ///< SQLSTATE; empty for a connection

 private:
  std::string state_;
};

/// NULL is an empty optional. Not thread safe: use one for each thread.
class SqlClient {
 public:
  using Row = std::vector<std::optional<std::string>>;

  explicit SqlClient(const std::string& uri);
  ~SqlClient();
  SqlClient(SqlClient&&) noexcept;

  /// One statement, or several without parameters: the rows of the last. @throws SqlFailed
  std::vector<Row> rows(const std::string& sql, const std::vector<std::string>& parameters = {});
  void run(const std::string& sql, const std::vector<std::string>& parameters = {});
  /// The first column of the first row; empty where there is no row, or for NULL.
  std::string text(const std::string& sql, const std::vector<std::string>& parameters = {});
  /// The first column of all rows.
  std::vector<std::string> column(const std::string& sql,
                                  const std::vector<std::string>& parameters = {});
  /// `a"b` → `"a""b"`.
  std::string identifier(const std::string& name);
  std::string literal(const std::string& text);
  /// For calls of libpq that this class does not have.
  pg_conn* raw() { return connection_.get(); }

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  std::unique_ptr<pg_conn, Close> connection_;
};

}  // namespace tidegate::test
