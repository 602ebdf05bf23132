#pragma once

/// Options of collections on a server that loses them when it renames one
/// ('rename-keeps-options'). On any other, nothing here does anything.

#include <string>
#include <vector>

#include "engine/mongodb/lease.hpp"
#include "engine/mongodb/piece.hpp"
#include "engine/mongodb/publish_plan.hpp"
#include "engine/mongodb/server.hpp"
#include "engine/mongodb/server_capabilities.hpp"

namespace tidegate::engine::mongodb {

/// Asked before anything is copied.
/// @throws Error refused: collections with options that nothing can set after a rename, each with
/// the option.
void refuse_lost_options(const std::vector<CollectionCopy>& pieces,
                         const ServerCapabilities& capabilities);

/// Sets the validators of what a plan has published, where they are missing. Repeatable.
void restore_options(Run& run, Server& server, ServerLease& lease, const PublishPlan& plan,
                     const ServerCapabilities& capabilities);

}  // namespace tidegate::engine::mongodb
