#pragma once

/// Checks whether selected objects need tables that are left out.

#include <optional>
#include <vector>

#include "engine/postgresql/copy/catalog.hpp"

namespace tidegate::engine::postgresql {

/// The sequences that columns of these tables own; they are left out with the tables.
std::vector<Relation> sequences_of(SqlSession& session, Run& run,
                                   const std::vector<Relation>& tables);

/// Checks all references to one of them or to its row type: foreign keys, views, partitions,
/// columns, functions, policies, defaults. @returns an Error config that names each selected object
/// with the table that it needs; nothing where no object needs one.
std::optional<Error> need_of_left_out(Run& run, SqlSession& session,
                                      const std::vector<Relation>& left_out);

}  // namespace tidegate::engine::postgresql
