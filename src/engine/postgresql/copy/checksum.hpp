#pragma once

/// What a table holds, summed up by the server, in any order of its rows.

#include <string>

#include "engine/postgresql/copy/catalog.hpp"
#include "engine/postgresql/driver/session.hpp"

namespace tidegate::engine::postgresql {

/// How closely rows are looked at.
enum class Reading { counted, summed };

struct Checksum {
  std::int64_t documents = 0;
  Bytes bytes;           ///< of the rows as text
  std::string checksum;  ///< 32 hex digits
  std::string inputs;    ///< the same over Relation::inputs; empty where there are none
  friend bool operator==(const Checksum&, const Checksum&) = default;
};

/// Reads every row once: of the table itself, not of its partitions or children, which are summed
/// up by themselves; a partitioned table holds none. The checksum is the sum of two
/// hashtextextended() of each row as text, under the settings of a Session, so equal rows give
/// equal sums on servers of one byte order. A view has no checksum; a
/// materialized one has, unless it was never filled.
/// In a transaction at a snapshot it is of that snapshot. Where rows are only counted, there are no
/// bytes and no checksum.
Checksum sum_up(SqlSession& session, Run& run, const Relation& relation,
                Reading reading = Reading::summed);

/// The sum as metadata says it.
void note_sum(Content& content, const Checksum& sum);

}  // namespace tidegate::engine::postgresql
