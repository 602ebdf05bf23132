#pragma once

/// Test data for a PostgreSQL database, and images that tell whether a copy is the same. With SQL
/// of its own: it asks the server, not the program.

#include <string>
#include <vector>

#include "support/postgres_client.hpp"

namespace tidegate::test {

/// Statements that make something of everything: schemas and names that need quotes, every type
/// that the server brings, foreign keys, identities and sequences, partitions, views of both kinds,
/// functions, large objects.
extern const char* const k_one_of_everything;

/// Little, for what is done fifty times: a foreign key, a sequence, a view, a large object.
extern const char* const k_little_of_everything;
/// One of its tables: of the kind that only who reads its rows waits for when it is locked.
inline constexpr auto k_plain_table = "plain";

/// Everything that a copy must have, one line each, sorted: rows by a checksum, definitions in
/// full, where sequences stand, large objects.
using PostgresImage = std::vector<std::string>;
PostgresImage image_of(SqlClient& client);

/// The lines that only one of them has, after `-` and `+`; empty when they are the same.
std::vector<std::string> differences(const PostgresImage& expected, const PostgresImage& found);

}  // namespace tidegate::test
