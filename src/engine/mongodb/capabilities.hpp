#pragma once

/// What a MongoDB deployment is and can do.

#include "engine/engine.hpp"
#include "engine/mongodb/server.hpp"

namespace tidegate::engine::mongodb {

/// Asks the server.
/// @throws Error refused: older than 4.4, where `$out` cannot write to another database; both
/// versions are named.
engine::Capabilities capabilities(Run& run, Server& server);

/// The same from the replies of buildInfo and hello. Pure.
engine::Capabilities describe(const Bson& build_info, const Bson& hello);

}  // namespace tidegate::engine::mongodb
