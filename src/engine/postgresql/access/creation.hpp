#pragma once

/// Whether a credential can make databases here, and give them away.

#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {

/// See engine::Engine::creation_obstacles. A standby, a read-only server, an `owner` that does not
/// exist or for whom this user cannot act; each with the statement that helps. CREATEDB is one of
/// rights()'.
std::vector<engine::Obstacle> creation_obstacles(Run& run, Server& server,
                                                 const std::string& owner);

}  // namespace tidegate::engine::postgresql
