#pragma once

/// Tables as units of work: one statement reads each. Pure.

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
  std::size_t relation = 0;                ///< index in the list of relations
  std::int64_t from = 0;                   ///< the first page
  std::optional<std::int64_t> until = {};  ///< the page after the last one; nothing: to the end
  std::int64_t pages = 0;                  ///< the planner's estimate

  bool is_whole() const { return from == 0 && !until; }
};

/// The relations that have rows, the largest parts first. With several sessions (`parallel`), a
/// large table is divided, so that it does not keep one session busy when the others have finished.
/// Servers before 14 would read all of the table for each part, so there it is not divided.
std::vector<TablePart> parts_of(const std::vector<Relation>& relations, int parallel,
                                int server_version);

/// Whether the server plans the reading_statement() as a query.
bool is_planned(const Relation& relation, const TablePart& part);

/// `COPY … TO STDOUT` of the part: each row in the order of Relation::columns, so that tables that
/// hold equal rows give equal lines. Large objects: see large_object_line().
std::string reading_statement(const Relation& relation, const TablePart& part);

/// `COPY … FROM STDIN` for lines of written_part(). `frozen`: for rows that no other transaction
/// sees before this one ends, so that the server need not write them a second time.
std::string writing_statement(const Relation& table, bool frozen);

/// The line without the values of generated columns, and without its line end.
std::string_view written_part(std::string_view line, const Relation& table);

/// A line of large objects: a piece of one, of at most 16 MiB.
struct LargeObjectLine {
  bool is_first = false;  ///< of its object
  Bytes bytes;
  std::string_view text;  ///< object, position and SHA-256 of the piece
};
LargeObjectLine large_object_line(std::string_view line);

}  // namespace tidegate::engine::postgresql
