#include "support/postgres_client.hpp"

#include <libpq-fe.h>

namespace tidegate::test {
namespace {

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

Result send(PGconn* connection, const std::string& sql,
            const std::vector<std::string>& parameters) {
  if (parameters.empty()) return {PQexec(connection, sql.c_str()), &PQclear};
  std::vector<const char*> values;
  for (const auto& each : parameters) values.push_back(each.c_str());
  return {PQexecParams(connection, sql.c_str(), static_cast<int>(values.size()), nullptr,
                       values.data(), nullptr, nullptr, 0),
          &PQclear};
}

std::string escaped(char* text) {
  std::string result = text;
  PQfreemem(text);
  return result;
}

}  // namespace

void SqlClient::Close::operator()(pg_conn* connection) const { PQfinish(connection); }

SqlClient::SqlClient(const std::string& uri) : connection_(PQconnectdb(uri.c_str())) {
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    throw SqlFailed("", PQerrorMessage(connection_.get()));
  }
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  run("SET client_encoding = 'UTF8'");
}

SqlClient::~SqlClient() = default;
SqlClient::SqlClient(SqlClient&&) noexcept = default;

std::vector<SqlClient::Row> SqlClient::rows(const std::string& sql,
                                            const std::vector<std::string>& parameters) {
  const auto result = send(connection_.get(), sql, parameters);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    throw SqlFailed(state != nullptr ? state : "", PQresultErrorMessage(result.get()));
  }
  std::vector<Row> rows;
  for (int i = 0; i < PQntuples(result.get()); ++i) {
    auto& row = rows.emplace_back();
    for (int column = 0; column < PQnfields(result.get()); ++column) {
      if (PQgetisnull(result.get(), i, column) != 0) {
        row.emplace_back();
      } else {
        row.emplace_back(PQgetvalue(result.get(), i, column));
      }
    }
  }
  return rows;
}

void SqlClient::run(const std::string& sql, const std::vector<std::string>& parameters) {
  rows(sql, parameters);
}

std::string SqlClient::text(const std::string& sql, const std::vector<std::string>& parameters) {
  const auto all = rows(sql, parameters);
  return all.empty() ? std::string() : all.front().at(0).value_or("");
}

std::vector<std::string> SqlClient::column(const std::string& sql,
                                           const std::vector<std::string>& parameters) {
  std::vector<std::string> result;
  for (const auto& row : rows(sql, parameters)) result.push_back(row.at(0).value_or(""));
  return result;
}

std::string SqlClient::identifier(const std::string& name) {
  return escaped(PQescapeIdentifier(connection_.get(), name.data(), name.size()));
}

std::string SqlClient::literal(const std::string& text) {
  return escaped(PQescapeLiteral(connection_.get(), text.data(), text.size()));
}

}  // namespace tidegate::test
