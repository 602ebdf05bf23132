#pragma once

/// Copies the rows of production: several tables in parallel, with checksums computed on the way.

#include <string>
#include <vector>

#include "engine/postgresql/copy/exported_snapshot.hpp"
#include "engine/postgresql/driver/server.hpp"
#include "engine/postgresql/driver/session_options.hpp"

namespace tidegate::engine::postgresql {

/// The destination of rows.
struct RowTarget {
  DatabaseName database;
  std::string role;              ///< role while rows are written; empty: the one that signs in
  std::vector<Setting> writing;  ///< see writing_settings()
  int parallel = 1;              ///< tables, or parts of large ones, in parallel
};

/// Copies the rows of all tables among `relations`. Sums all other rows (large objects,
/// materialized views) without copying them. The tables of the target exist, are empty, and have
/// neither indexes nor triggers yet. Memory does not grow with the tables. A part that loses a
/// connection is started again. Rows that a CHECK refuses are tried again when all other tables are
/// filled, since the CHECK may read one of those. Reports each table to the run's progress. A
/// failure leaves some tables empty or partly filled.
/// @returns the sums of production's rows at the moment, in the order of `relations`.
std::vector<Checksum> copy_rows(Run& run, Server& server, const ExportedSnapshot& moment,
                                const RowTarget& target, const std::vector<Relation>& relations);

}  // namespace tidegate::engine::postgresql
