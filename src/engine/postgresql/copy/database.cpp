#include "engine/postgresql/copy/database.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/postgresql/access/holds.hpp"
#include "engine/postgresql/driver/faults.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr std::chrono::milliseconds k_retry_pause{50};
constexpr int k_end_tries = 600;        // half a minute
constexpr int k_drop_tries = 3;         // the server gives autovacuum five seconds in each
constexpr std::int64_t k_invalid = -2;  // datconnlimit, since 11.21, 12.16, 13.12, 14.9, 15.4

std::string columns(const char* size) {
  return fmt::format(
      "d.datname, coalesce(shobj_description(d.oid, 'pg_database'), ''), "
      "pg_get_userbyid(d.datdba), d.datallowconn, d.datistemplate, d.datconnlimit, {}",
      size);
}

constexpr auto k_size =
    "CASE WHEN has_database_privilege(d.oid, 'CONNECT') THEN pg_database_size(d.oid) ELSE 0 END";

Database database_in(const Rows& rows, int row) {
  Database database{DatabaseName(rows.text(row, 0), EngineKind::postgresql), rows.text(row, 1),
                    rows.text(row, 2), Bytes{rows.number(row, 6)}};
  database.allows_connections = rows.flag(row, 3);
  database.is_template = rows.flag(row, 4);
  database.is_invalid = rows.number(row, 5) == k_invalid;
  return database;
}

std::string select_one() {
  return fmt::format("SELECT {} FROM pg_database d WHERE d.datname = $1", columns(k_size));
}

std::optional<Database> first(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return database_in(rows, 0);
}

}  // namespace

std::optional<Database> find_database(SqlSession& session, Run& run, const DatabaseName& name) {
  return first(session.ask(run, select_one(), {name.text()}));
}

std::optional<Database> find_database(Server& server, Run& run, const DatabaseName& name) {
  return first(server.ask(run, select_one(), {name.text()}));
}

std::vector<Database> all_databases(SqlSession& session, Run& run) {
  const auto rows = session.ask(
      run,
      fmt::format("SELECT {} FROM pg_database d ORDER BY d.datname COLLATE \"C\"", columns("0")));
  std::vector<Database> result;
  for (int row = 0; row < rows.count(); ++row) result.push_back(database_in(rows, row));
  return result;
}

std::vector<Database> staging_of(const std::vector<Database>& all, const DatabaseName& target) {
  std::vector<Database> result;
  for (const auto& each : all) {
    const auto note = staging_in(each.comment);
    if (note && note->target == target.text() && is_staging_name(each.name.text())) {
      result.push_back(each);
    }
  }
  return result;
}

void set_comment(SqlSession& session, Run& run, const DatabaseName& name, const std::string& text) {
  session.tell(run, fmt::format("COMMENT ON DATABASE {} IS {}", session.name(name.text()),
                                session.literal(text)));
}

std::chrono::milliseconds time_to_clear(const Run& run) {
  // The server's answer to a cancel takes time of its own.
  return std::chrono::seconds(run.stop().stop_requested() ? 2 : 30);
}

void end_connections(SqlSession& session, Run& run, const DatabaseName& name) {
  refuse_holds(session, run, name);
  // Without a role: autovacuum, which only a superuser may end, and which the server itself ends
  // when a database is renamed, copied or dropped.
  constexpr auto k_connected =
      "SELECT pid, coalesce(usename, backend_type), application_name FROM pg_stat_activity "
      "WHERE datname = $1 AND pid <> pg_backend_pid() AND usesysid IS NOT NULL";
  std::string who;
  for (int i = 0; i < k_end_tries; ++i) {
    const auto rows = session.ask(run, k_connected, {name.text()});
    if (rows.empty()) return;
    for (int row = 0; row < rows.count(); ++row) {
      who = fmt::format("'{}' ({})", rows.text(row, 1), rows.text(row, 2));
      session.ask(run, "SELECT pg_terminate_backend($1)", {rows.text(row, 0)},
                  fmt::format("to end the connection of {} to '{}': membership in that role or in "
                              "pg_signal_backend, or superuser where it is one",
                              who, name.text()));
    }
    run.sleep(k_retry_pause);
  }
  throw Error(
      ErrorKind::conflict,
      fmt::format("the connection of {} to database '{}' does not end", who, name.text()),
      "find it in pg_stat_activity on the server; when it has ended, run the command again");
}

void tell_once_unused(SqlSession& session, Run& run, const std::string& sql,
                      const std::string& needs) {
  for (int attempt = 1;; ++attempt) {
    try {
      return session.tell(run, sql, needs);
    } catch (const Error& error) {
      if (error.server_code() != k_object_in_use || attempt == k_drop_tries) throw;
    }
  }
}

bool is_own(SqlSession& session, Run& run, const DatabaseName& name) {
  const auto rows =
      session.ask(run, "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = $1",
                  {name.text()});
  return rows.count() == 1 && rows.text(0, 0) == "t";
}

void drop_database(SqlSession& session, Run& run, const DatabaseName& name) {
  const auto there = find_database(session, run, name);
  if (!there) return;
  const auto quoted = session.name(name.text());
  if (there->is_template && !there->is_invalid) {
    session.tell(run, fmt::format("ALTER DATABASE {} IS_TEMPLATE false", quoted));
  }
  const auto needs = fmt::format(
      "to drop database '{}': to own it, and to end the connections to it", name.text());
  const auto drop = fmt::format("DROP DATABASE IF EXISTS {}", quoted);
  try {
    return tell_once_unused(session, run, drop + " WITH (FORCE)", needs);
  } catch (const Error& error) {
    if (error.server_code() != k_insufficient_privilege || !is_own(session, run, name)) throw;
  }
  // With FORCE, some servers require the right to end autovacuum too; without it they end it
  // themselves.
  end_connections(session, run, name);
  tell_once_unused(session, run, drop, needs);
}

}  // namespace tidegate::engine::postgresql
