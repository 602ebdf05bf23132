#include "engine/postgresql/copy/checksum.hpp"

#include <fmt/format.h>

namespace tidegate::engine::postgresql {
namespace {

// A table's indexes may call functions that work only with production's search_path, so the session
// has it (ExportedSnapshot), and everything here is qualified: a name of the users' must not stand
// in.

/// A numeric modulo 2^64 as 16 hex digits; to_hex takes only what fits into a bigint.
std::string hex_of(const char* sum) {
  constexpr auto k_all = "18446744073709551616";
  constexpr auto k_half = "9223372036854775808";
  const auto positive = fmt::format(
      "pg_catalog.mod(pg_catalog.mod({0}, {1}) OPERATOR(pg_catalog.+) {1}, {1})", sum, k_all);
  return fmt::format(
      "pg_catalog.lpad(pg_catalog.to_hex((CASE WHEN {0} OPERATOR(pg_catalog.>=) {1} "
      "THEN {0} OPERATOR(pg_catalog.-) {2} ELSE {0} END)::bigint), 16, '0')",
      positive, k_half, k_all);
}

std::string sum_of_hashes(const char* line, int seed) {
  return fmt::format(
      "coalesce(pg_catalog.sum(pg_catalog.hashtextextended({} COLLATE pg_catalog.\"C\", "
      "{}::bigint)), 0)::numeric",
      line, seed);
}

/// Over rows of (counted, length, line), and of inputs where `with_inputs`.
std::string summed(const std::string& rows, bool with_inputs) {
  return fmt::format(
      "SELECT documents, bytes, {} OPERATOR(pg_catalog.||) {}, {} FROM (SELECT "
      "pg_catalog.count(*) FILTER (WHERE counted) AS documents, "
      "coalesce(pg_catalog.sum(length), 0)::bigint AS bytes, "
      "{} AS a, {} AS b{} FROM ({}) AS lines) AS sums",
      hex_of("a"), hex_of("b"),
      with_inputs ? hex_of("c") + " OPERATOR(pg_catalog.||) " + hex_of("d") : "''",
      sum_of_hashes("line", 0), sum_of_hashes("line", 1),
      with_inputs ? fmt::format(", {} AS c, {} AS d", sum_of_hashes("inputs", 0),
                                sum_of_hashes("inputs", 1))
                  : "",
      rows);
}

std::string of_table(const Relation& table) {
  const auto inputs =
      table.inputs.empty() ? "" : fmt::format(", ROW({})::pg_catalog.text AS inputs", table.inputs);
  return fmt::format(
      "SELECT true AS counted, pg_catalog.octet_length(line) AS length, texts.* "
      "FROM (SELECT ROW({})::pg_catalog.text AS line{} FROM ONLY {} AS tidegate) AS texts",
      table.columns, inputs, table.quoted);
}

/// In pieces, for one object may be larger than a value can be.
std::string of_large_objects() {
  constexpr auto k_piece = R"(
SELECT pg_catalog.octet_length(data) AS length,
  pg_catalog.encode(pg_catalog.sha256(data), 'hex') AS digest
FROM (SELECT pg_catalog.lo_get({0}, {1}, {2}) AS data OFFSET 0) AS part)";
  constexpr int k_size = 16 * 1024 * 1024;
  const auto first = fmt::format(k_piece, "m.oid", "0::bigint", k_size);
  const auto next = fmt::format(k_piece, "before.id",
                                fmt::format("before.at OPERATOR(pg_catalog.+) {}", k_size), k_size);
  return fmt::format(R"(
WITH RECURSIVE pieces(id, at, length, digest) AS (
  SELECT m.oid, 0::bigint, p.length, p.digest
  FROM pg_catalog.pg_largeobject_metadata m, LATERAL ({0}) AS p
  UNION ALL
  SELECT before.id, before.at OPERATOR(pg_catalog.+) {2}, p.length, p.digest
  FROM pieces AS before, LATERAL ({1}) AS p WHERE before.length OPERATOR(pg_catalog.=) {2})
SELECT at OPERATOR(pg_catalog.=) 0 AS counted, length,
  pg_catalog.format('%s %s %s', id, at, digest) AS line FROM pieces)",
                     first, next, k_size);
}

std::string sum_of(const Relation& relation) {
  if (relation.kind == 'L') return summed(of_large_objects(), false);
  return summed(of_table(relation), !relation.inputs.empty());
}

std::string count_of(const Relation& relation) {
  return fmt::format(
      "SELECT pg_catalog.count(*), 0, '', '' FROM {}",
      relation.kind == 'L' ? "pg_catalog.pg_largeobject_metadata" : "ONLY " + relation.quoted);
}

}  // namespace

Checksum sum_up(SqlSession& session, Run& run, const Relation& relation, Reading reading) {
  const bool counted = reading == Reading::counted;
  if (relation.is_view() && !relation.has_rows()) return {};
  if (!relation.has_rows()) return {0, Bytes{}, counted ? "" : std::string(32, '0'), {}};
  const auto rows = session.ask(run, counted ? count_of(relation) : sum_of(relation), {},
                                fmt::format("SELECT on '{}'", relation.name));
  return {rows.number(0, 0), Bytes{rows.number(0, 1)}, rows.text(0, 2), rows.text(0, 3)};
}

void note_sum(Content& content, const Checksum& sum) {
  content.documents = sum.documents;
  content.bytes = sum.bytes;
  content.checksum = sum.checksum;
  content.input_checksum = sum.inputs;
}

}  // namespace tidegate::engine::postgresql
