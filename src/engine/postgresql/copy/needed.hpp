#pragma once

/// Whether tables that are left out are needed by what is taken.

#include <optional>
#include <vector>

#include "engine/postgresql/copy/catalog.hpp"

namespace tidegate::engine::postgresql {

/// Sequences that belong to columns of these tables, and go with them.
std::vector<Relation> sequences_of(SqlSession& session, Run& run,
                                   const std::vector<Relation>& tables);

/// Looks at whatever refers to one of them, or to its row type: foreign keys, views, partitions,
/// columns, functions, policies, defaults. @returns an Error config that names each object that is
/// taken, with what it needs; nothing where there is none.
std::optional<Error> need_of_left_out(Run& run, SqlSession& session,
                                      const std::vector<Relation>& left_out);

}  // namespace tidegate::engine::postgresql
