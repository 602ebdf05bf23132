#pragma once

/// Seed data: a file of SQL, loaded by psql, or the output of a command.

#include "engine/engine.hpp"
#include "engine/postgresql/driver/server.hpp"
#include "engine/postgresql/publish/lease.hpp"

namespace tidegate::engine::postgresql {

/// See engine::Engine::seed. A file is loaded in one transaction, as `owner` where one is set.
void seed(Run& run, Server& server, SessionLease& lease, const SeedRequest& request);

}  // namespace tidegate::engine::postgresql
