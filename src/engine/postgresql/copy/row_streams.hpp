#pragma once

/// The rows of production on their way into a copy: several tables at once, each summed up as it
/// passes.

#include <string>
#include <vector>

#include "engine/postgresql/copy/exported_snapshot.hpp"
#include "engine/postgresql/driver/server.hpp"
#include "engine/postgresql/driver/session_options.hpp"

namespace tidegate::engine::postgresql {

/// Where rows go, and how.
struct RowTarget {
  DatabaseName database;
  std::string role;              ///< to be while rows are written; empty: the one that signs in
  std::vector<Setting> writing;  ///< see writing_settings()
  int parallel = 1;              ///< tables, or parts of large ones, at once
};

/// Copies the rows of all tables among `relations`, and sums up whatever else has rows (large
/// objects, materialized views), which is not copied here. The tables of the target are there, are
/// empty, and have neither indexes nor triggers yet. Memory does not grow with the tables.
/// A part that loses a connection is begun once more. Rows that a CHECK refuses are tried again
/// when all other tables are filled, since the CHECK may look at one of those. Reports each table
/// to the run's progress. On failure some tables are filled, or filled in part.
/// @returns the sums of production's rows at the moment, in the order of `relations`.
std::vector<Checksum> copy_rows(Run& run, Server& server, const ExportedSnapshot& moment,
                                const RowTarget& target, const std::vector<Relation>& relations);

}  // namespace tidegate::engine::postgresql
