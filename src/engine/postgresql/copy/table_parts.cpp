#include "engine/postgresql/copy/table_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tidegate::engine::postgresql {
namespace {

constexpr int k_page_ranges_since = 140000;
constexpr std::int64_t k_divided_from = 8192;  // 64 MiB in pages of 8 KiB
constexpr int k_parts_per_session = 3;

// Everything here is qualified: where a search_path is set, an object of the users' must not stand
// in for one of the server's.

/// In pieces, since one object may be larger than the largest value.
std::string of_large_objects() {
  constexpr auto k_piece = R"(
SELECT pg_catalog.octet_length(data) AS length,
  pg_catalog.encode(pg_catalog.sha256(data), 'hex') AS digest
FROM (SELECT pg_catalog.lo_get({0}, {1}, {2}) AS data OFFSET 0) AS part)";
  constexpr int k_size = 16 * 1024 * 1024;
  const auto first = fmt::format(k_piece, "m.oid", "0::bigint", k_size);
  const auto next = fmt::format(k_piece, "before.id",
                                fmt::format("before.at OPERATOR(pg_catalog.+) {}", k_size), k_size);
  return fmt::format(R"(COPY (
WITH RECURSIVE pieces(id, at, length, digest) AS (
  SELECT m.oid, 0::bigint, p.length, p.digest
  FROM pg_catalog.pg_largeobject_metadata m, LATERAL ({0}) AS p
  UNION ALL
  SELECT before.id, before.at OPERATOR(pg_catalog.+) {2}, p.length, p.digest
  FROM pieces AS before, LATERAL ({1}) AS p WHERE before.length OPERATOR(pg_catalog.=) {2})
SELECT at OPERATOR(pg_catalog.=) 0, length, pg_catalog.format('%s %s %s', id, at, digest)
FROM pieces) TO STDOUT)",
                     first, next, k_size);
}

std::string range_of(const TablePart& part) {
  if (part.is_whole()) return {};
  auto range = fmt::format(" WHERE tidegate.ctid OPERATOR(pg_catalog.>=) '({},0)'::pg_catalog.tid",
                           part.from);
  if (part.until) {
    range += fmt::format(" AND tidegate.ctid OPERATOR(pg_catalog.<) '({},0)'::pg_catalog.tid",
                         *part.until);
  }
  return range;
}

void divide(std::vector<TablePart>& parts, std::size_t relation, std::int64_t pages, int count) {
  const auto each = (pages + count - 1) / count;
  for (std::int64_t from = 0; from < pages; from += each) {
    TablePart part{relation, from, from + each, each};
    if (from + each >= pages) part.until.reset();  // the estimate may be old
    parts.push_back(part);
  }
}

}  // namespace

std::vector<TablePart> parts_of(const std::vector<Relation>& relations, int parallel,
                                int server_version) {
  std::vector<TablePart> parts;
  for (std::size_t i = 0; i < relations.size(); ++i) {
    const auto& relation = relations[i];
    if (!relation.has_rows()) continue;
    const bool divided = parallel > 1 && relation.kind == 'r' && relation.pages >= k_divided_from &&
                         server_version >= k_page_ranges_since && !relation.calls_functions;
    if (divided) {
      divide(parts, i, relation.pages, k_parts_per_session * parallel);
    } else {
      parts.push_back({i, 0, {}, std::max(relation.pages, relation.data.count / 8192)});
    }
  }
  std::stable_sort(parts.begin(), parts.end(),
                   [](const TablePart& a, const TablePart& b) { return a.pages > b.pages; });
  return parts;
}

bool is_planned(const Relation& relation, const TablePart& part) {
  return relation.kind != 'r' || relation.computed != 0 || !part.is_whole() ||
         relation.written.empty();
}

std::string reading_statement(const Relation& relation, const TablePart& part) {
  if (relation.kind == 'L') return of_large_objects();
  if (!is_planned(relation, part)) {
    return fmt::format("COPY {} ({}) TO STDOUT", relation.quoted, relation.written);
  }
  return fmt::format("COPY (SELECT {} FROM ONLY {} AS tidegate{}) TO STDOUT", relation.columns,
                     relation.quoted, range_of(part));
}

std::string writing_statement(const Relation& table, bool frozen) {
  const auto columns = table.written.empty() ? std::string() : fmt::format(" ({})", table.written);
  return fmt::format("COPY {}{} FROM STDIN{}", table.quoted, columns,
                     frozen ? " WITH (FREEZE)" : "");
}

std::string_view written_part(std::string_view line, const Relation& table) {
  if (!line.empty()) line.remove_suffix(1);
  for (int i = 0; i < table.computed; ++i) {
    const auto tab = line.rfind('\t');  // a tab within a value is written as \t
    if (tab == std::string_view::npos) return {};
    line = line.substr(0, tab);
  }
  return line;
}

LargeObjectLine large_object_line(std::string_view line) {
  LargeObjectLine read;
  read.is_first = line.starts_with("t");
  const auto length = line.find('\t') + 1;
  const auto text = line.find('\t', length) + 1;
  std::from_chars(line.data() + length, line.data() + text, read.bytes.count);
  read.text = line.substr(text, line.size() - text - 1);
  return read;
}

}  // namespace tidegate::engine::postgresql
