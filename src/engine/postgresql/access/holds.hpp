#pragma once

/// Obstacles to replacing or dropping a database that no client works in.

#include "engine/postgresql/driver/session.hpp"
#include "model/names.hpp"

namespace tidegate::engine::postgresql {

/// Prepared transactions, subscriptions and logical replication slots: the server ends none of them
/// with their connections.
/// @throws Error conflict, permanent: names it, with the statements that end it.
void refuse_holds(SqlSession& session, Run& run, const DatabaseName& name);

}  // namespace tidegate::engine::postgresql
