#pragma once

/// What is in one database, as its catalog has it.

#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/driver/session.hpp"

namespace tidegate::engine::postgresql {

/// The large objects of a database, all together, among its tables.
inline constexpr auto k_large_objects = "pg_catalog.pg_largeobject";

/// One table, partition or view. An extension's own are not among them: they come with it.
struct Relation {
  /// How items call it: `schema.table`, or only `table` in schema public. A part that has a dot or
  /// a double quote in it is quoted as in SQL, so that no two have one name: `"a.b".c`, `"a.b"`.
  std::string name;
  std::string quoted;      ///< for statements: `public."Users"`; empty for large objects
  char kind = 'r';         ///< pg_class.relkind; `L` for large objects
  std::int64_t rows = 0;   ///< the planner's estimate
  Bytes data, index_data;  ///< likewise: to ask for the files' sizes is to wait for locks
  int indexes = 0;
  /// Its columns for a SELECT from it under the name `tidegate`: by name, because a dump brings
  /// those of an inheriting table into another order; generated ones last.
  std::string columns;
  /// The columns that are not generated, for a COPY, in the same order.
  std::string written;
  int computed = 0;        ///< number of generated columns; a copy computes them again
  std::int64_t pages = 0;  ///< the planner's estimate; 0 where rows have no place in the file
  /// Whether an index or statistics call the users' own functions, which the planner may look into:
  /// then a query needs the search_path for which they were written.
  bool calls_functions = false;
  bool populated = true;  ///< false for a materialized view that was never filled
  /// Digest of everything that defines it, and the version of the server in whose words:
  /// `sha256 0f… of 150013`. The same in a copy by template; a dump may write an expression in
  /// other words, and so may another version.
  std::string definition;
  std::string foreign_server;  ///< of a foreign table

  bool is_view() const { return kind == 'v' || kind == 'm'; }
  bool holds_rows() const { return kind == 'r' || kind == 'L'; }
  /// Whether there are rows to be summed up, also such as no dump holds.
  bool has_rows() const { return holds_rows() || (kind == 'm' && populated); }
};

/// An outline has no definitions, and waits for nobody who has a table locked.
enum class Detail { outline, definitions };

/// By name. Large objects are among them where there are any.
std::vector<Relation> relations(SqlSession& session, Run& run, Detail detail);

/// Tables of extensions whose rows are the users' own, so that a dump has them: only their names.
std::vector<Relation> configuration_of_extensions(SqlSession& session, Run& run);

/// What a copy does without, for people.
std::vector<std::string> not_carried(SqlSession& session, Run& run);

/// How items call a relation of this schema: see Relation::name.
std::string relation_name(const std::string& schema, const std::string& relation);

/// The relation as an item of an inventory; a foreign table with its obstacle.
engine::Item item_of(const Relation& relation);
/// As metadata says it, before it is summed up.
Content content_of(const Relation& relation);

}  // namespace tidegate::engine::postgresql
