#pragma once

/// Obstacles to making a database.

#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {

/// See engine::Engine::creation_obstacles. MongoDB takes no database whose name differs from that
/// of another in nothing but the case of its letters. A user may see its own databases only: then
/// the server's refusal (13297) says it, when the lease is taken.
std::vector<engine::Obstacle> creation_obstacles(Run& run, Server& server,
                                                 const DatabaseName& database);

/// The first of the names that differs from this one in case only; empty where there is none, or
/// where the name itself is among them. Pure.
std::string differing_in_case(const std::vector<std::string>& names, std::string_view name);

}  // namespace tidegate::engine::mongodb
