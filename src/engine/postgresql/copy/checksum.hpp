#pragma once

/// The checksum of a table's rows, in any order.

#include <optional>
#include <string>

#include "engine/postgresql/copy/catalog.hpp"
#include "engine/postgresql/copy/row_sum.hpp"
#include "engine/postgresql/copy/table_parts.hpp"
#include "engine/postgresql/driver/row_copy.hpp"
#include "engine/postgresql/driver/session.hpp"

namespace tidegate::engine::postgresql {

struct Checksum {
  std::int64_t documents = 0;
  Bytes bytes;           ///< of the rows as COPY writes them
  std::string checksum;  ///< RowSum::text()
  std::string inputs;    ///< the same without generated columns; empty where there are none
  friend bool operator==(const Checksum&, const Checksum&) = default;
};

/// The sums of a relation, or of a part of it.
struct PartSum {
  RowSum rows;
  RowSum inputs;  ///< of the columns that are not generated, where others are

  /// Adds one line of reading_statement(). @returns the part of it that a copy takes, without the
  /// line end.
  std::string_view add(std::string_view line, const Relation& relation);
  void add(const PartSum& other);
};

/// Reads the rows of a part, in the form of RowReader, under an empty search_path, so that names of
/// objects in them are complete. Where the server must look into the users' functions to read them,
/// it is `search_path` meanwhile.
class PartReader {
 public:
  /// The session is in a transaction.
  PartReader(Run& run, SqlSession& session, const Relation& relation, const TablePart& part,
             const std::string& search_path);
  /// See RowReader::next().
  std::optional<std::string_view> next();

 private:
  void set_path(const std::string& path);

  Run& run_;
  SqlSession& session_;
  bool with_path_;
  std::optional<RowReader> reader_;
};

/// Reads every row of the part once: of the relation itself, not of its partitions or children,
/// which are summed up by themselves. Rows are read as text under the settings of a SqlSession, so
/// equal rows give equal sums on all servers. In a transaction at a snapshot it is of that
/// snapshot.
PartSum sum_up(Run& run, SqlSession& session, const Relation& relation, const TablePart& part,
               const std::string& search_path);

/// The number of rows alone.
Checksum count_up(SqlSession& session, Run& run, const Relation& relation);

/// The checksum of all parts of a relation. A view has none, nor has a materialized view that was
/// never filled; a partitioned table has the checksum of no rows.
Checksum checksum_of(const Relation& relation, const PartSum& sum);

/// Writes the checksum into the metadata of the relation.
void note_sum(Content& content, const Checksum& sum);

/// Whether a checksum from metadata can be compared with those that are computed here. Before
/// version 0.2 the server computed them, by another algorithm.
bool is_comparable(const std::string& checksum);

}  // namespace tidegate::engine::postgresql
