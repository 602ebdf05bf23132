#pragma once

/// Checks whether a credential can create databases here and give them to their owner.

#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {

/// See engine::Engine::creation_obstacles. Finds a standby, a read-only server, and an `owner` that
/// does not exist or that this user cannot act for; each obstacle has the statement that helps.
/// rights() checks CREATEDB.
std::vector<engine::Obstacle> creation_obstacles(Run& run, Server& server,
                                                 const std::string& owner);

}  // namespace tidegate::engine::postgresql
