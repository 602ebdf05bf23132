#pragma once

/// Obstacles to replacing or dropping a database that remain when no client is connected.

#include "engine/postgresql/driver/session.hpp"
#include "model/names.hpp"

namespace tidegate::engine::postgresql {

/// Refuses prepared transactions, subscriptions and logical replication slots: the server does not
/// end them with their connections.
/// @throws Error conflict, permanent: names the obstacle, with the statements that end it.
void refuse_holds(SqlSession& session, Run& run, const DatabaseName& name);

}  // namespace tidegate::engine::postgresql
