#pragma once

/// A database's definitions as `pg_dump --schema-only` prints them, for tests to compare; with code
/// of its own, so that a fault of the program's comparison cannot hide.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/postgres_server.hpp"

namespace tidegate::test {

struct SchemaDump {
  /// Statements by the heading of their entry: `Name: t; Type: TABLE; Schema: s; Owner: app`.
  std::map<std::string, std::vector<std::string>> entries;

  std::set<std::string> types() const;  ///< `TABLE`, `MATERIALIZED VIEW` …
  /// The same with one name in place of another wherever it stands.
  SchemaDump renamed(const std::string& from, const std::string& to) const;
};

/// Of the server's own pg_dump, as superuser.
SchemaDump schema_dump(const PostgresServer& server, const std::string& database);

/// Headings of entries that are not the same, after `-` and `+`, with their text; those whose
/// heading has one of these words are left away.
std::vector<std::string> differences(const SchemaDump& expected, const SchemaDump& found,
                                     const std::vector<std::string>& exceptions);

}  // namespace tidegate::test
