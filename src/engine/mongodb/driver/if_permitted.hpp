#pragma once

/// Questions that a user may lack the right to ask, where not knowing the answer is one.

#include <optional>

#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {

/// The reply, or nothing when the server refuses the command to this user (13). Any other failure
/// is thrown.
std::optional<Bson> if_permitted(Run& run, Server& server, std::string_view database,
                                 const Bson& command);

}  // namespace tidegate::engine::mongodb
