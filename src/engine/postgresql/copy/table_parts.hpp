#pragma once

/// Tables as pieces of work: each is read in one statement. Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/postgresql/copy/catalog.hpp"

namespace tidegate::engine::postgresql {

/// Rows of one relation: all of them, or those in a range of the pages of its file.
struct TablePart {
  std::size_t relation = 0;                ///< index in the list that it was made from
  std::int64_t from = 0;                   ///< the first page
  std::optional<std::int64_t> until = {};  ///< the page after the last one; nothing: to the end
  std::int64_t pages = 0;                  ///< the planner's estimate

  bool is_whole() const { return from == 0 && !until; }
};

/// The relations that have rows, the largest parts first. With several sessions (`parallel`), a
/// large table is divided, so that it does not keep one of them busy when the others are done; not
/// on a server before 14, which would read all of it for each part.
std::vector<TablePart> parts_of(const std::vector<Relation>& relations, int parallel,
                                int server_version);

/// Whether the server plans the reading_statement() as a query.
bool is_planned(const Relation& relation, const TablePart& part);

/// `COPY … TO STDOUT` of the part: each row in the order of Relation::columns, so that tables that
/// hold equal rows give equal lines. Large objects: see large_object_line().
std::string reading_statement(const Relation& relation, const TablePart& part);

/// `COPY … FROM STDIN` of what written_part() gives. `frozen`: for rows that no other transaction
/// will see before this one ends: the server need not write them a second time.
std::string writing_statement(const Relation& table, bool frozen);

/// The line without the values of generated columns, and without its line end.
std::string_view written_part(std::string_view line, const Relation& table);

/// A line of large objects: a piece of one, of at most 16 MiB.
struct LargeObjectLine {
  bool is_first = false;  ///< of its object
  Bytes bytes;
  std::string_view text;  ///< object, place and SHA-256 of the piece
};
LargeObjectLine large_object_line(std::string_view line);

}  // namespace tidegate::engine::postgresql
