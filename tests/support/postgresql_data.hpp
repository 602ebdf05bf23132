#pragma once

/// Test data for a PostgreSQL database, and images that show whether a copy is equal. It has its
/// own SQL, and does not use the program.

#include <string>
#include <vector>

#include "support/postgres_client.hpp"

namespace tidegate::test {

/// Statements that make an object of every kind: schemas and names that need quotes, every type
/// that the server has, foreign keys, identities and sequences, partitions, views of both kinds,
/// functions, large objects.
extern const char* const k_one_of_everything;

/// Little data for a test of fifty rounds: a foreign key, a sequence, a view, a large object.
extern const char* const k_little_of_everything;
/// One of its tables; when it is locked, only a session that reads its rows waits.
inline constexpr auto k_plain_table = "plain";

/// Everything that a copy must have, one line each, sorted: rows by a checksum, definitions in
/// full, the positions of sequences, large objects.
using PostgresImage = std::vector<std::string>;
PostgresImage image_of(SqlClient& client);

/// The lines that only one of them has, after `-` and `+`; empty when they are equal.
std::vector<std::string> differences(const PostgresImage& expected, const PostgresImage& found);

}  // namespace tidegate::test
