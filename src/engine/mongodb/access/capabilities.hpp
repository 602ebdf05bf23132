#pragma once

/// The identity and abilities of a MongoDB deployment.

#include "engine/engine.hpp"
#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {

/// Asks the server.
/// @throws Error refused: older than 4.4, where `$out` cannot write to another database; both
/// versions are named.
engine::Capabilities capabilities(Run& run, Server& server);

/// Why there is no point in time on a server that answers a read at a cluster time with what is
/// there now.
inline constexpr const char* k_time_ignored =
    "the server does not keep to the time of a read ('read-timestamp')";

/// The same from the replies of buildInfo and hello, but for `relied_on`. Pure.
engine::Capabilities describe(const Bson& build_info, const Bson& hello);

}  // namespace tidegate::engine::mongodb
