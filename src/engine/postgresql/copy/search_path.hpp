#pragma once

/// Finds expressions of tables that work only with a search_path. pg_restore sets none, so it
/// cannot make them again.

#include <vector>

#include "engine/postgresql/copy/copy_plan.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {

/// Makes the server evaluate, for one row at most and in a session that cannot write, each index
/// expression, generated column and CHECK that calls a function of the users. @returns a trait for
/// each index and table that fails because of an unknown name.
std::vector<Trait> search_path_traits(Run& run, Server& server, const DatabaseName& database);

}  // namespace tidegate::engine::postgresql
