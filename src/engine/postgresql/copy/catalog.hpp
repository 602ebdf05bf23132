#pragma once

/// The content of one database, as its catalog lists it.

#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/driver/session.hpp"

namespace tidegate::engine::postgresql {

/// The large objects of a database, all together, among its tables.
inline constexpr auto k_large_objects = "pg_catalog.pg_largeobject";

/// One table, partition or view. Those of an extension are left out: they are made with it.
struct Relation {
  /// The name in items: `schema.table`, or only `table` in schema public. A part with a dot or a
  /// double quote is quoted as in SQL, so that each name is unique: `"a.b".c`, `"a.b"`.
  std::string name;
  std::string quoted;      ///< for statements: `public."Users"`; empty for large objects
  char kind = 'r';         ///< pg_class.relkind; `L` for large objects
  std::int64_t rows = 0;   ///< the planner's estimate
  Bytes data, index_data;  ///< estimates too: asking for the files' sizes would wait for locks
  int indexes = 0;
  /// Its columns for a SELECT from it under the name `tidegate`: by name, because a dump changes
  /// the order of an inheriting table's columns; generated ones last.
  std::string columns;
  /// The columns that are not generated, for a COPY, in the same order.
  std::string written;
  int computed = 0;        ///< number of generated columns; a copy computes them again
  std::int64_t pages = 0;  ///< the planner's estimate; 0 where rows have no place in the file
  /// Whether an index or statistics call the users' own functions, which the planner may look into:
  /// then a query needs the search_path for which they were written.
  bool calls_functions = false;
  bool populated = true;  ///< false for a materialized view that was never filled
  /// Digest of everything that defines it, and the version of the server that printed it:
  /// `sha256 0f… of 150013`. A copy by template has the same digest; a dump or another version may
  /// print an expression differently.
  std::string definition;
  std::string foreign_server;  ///< of a foreign table

  bool is_view() const { return kind == 'v' || kind == 'm'; }
  bool holds_rows() const { return kind == 'r' || kind == 'L'; }
  /// Whether it has rows to be summed, also rows that no dump holds.
  bool has_rows() const { return holds_rows() || (kind == 'm' && populated); }
};

/// An outline has no definitions, and does not wait for locks on tables.
enum class Detail { outline, definitions };

/// By name. Large objects are among them where there are any.
std::vector<Relation> relations(SqlSession& session, Run& run, Detail detail);

/// Tables of extensions whose rows are the users', so that a dump has them: only their names.
std::vector<Relation> configuration_of_extensions(SqlSession& session, Run& run);

/// Objects that a copy leaves out, for people.
std::vector<std::string> not_carried(SqlSession& session, Run& run);

/// The name of a relation of this schema in items: see Relation::name.
std::string relation_name(const std::string& schema, const std::string& relation);

/// The relation as an item of an inventory; a foreign table with its obstacle.
engine::Item item_of(const Relation& relation);
/// The relation in metadata, before its rows are summed.
Content content_of(const Relation& relation);

}  // namespace tidegate::engine::postgresql
