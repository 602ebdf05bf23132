#pragma once

/// Seed data: a file of SQL, by psql, or a command.

#include "engine/engine.hpp"
#include "engine/postgresql/driver/server.hpp"
#include "engine/postgresql/publish/lease.hpp"

namespace tidegate::engine::postgresql {

/// See engine::Engine::seed. A file is loaded in one transaction, as `owner` where there is one:
/// all of it or nothing.
void seed(Run& run, Server& server, SessionLease& lease, const SeedRequest& request);

}  // namespace tidegate::engine::postgresql
