#pragma once

/// Options of collections on a server that loses them when it renames one
/// ('rename-keeps-options'). On any other, nothing here does anything.

#include <string>
#include <vector>

#include "engine/mongodb/access/server_capabilities.hpp"
#include "engine/mongodb/copy/collection_copy.hpp"
#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/publish/lease.hpp"
#include "engine/mongodb/publish/publish_plan.hpp"

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
