#pragma once

/// Removes what a plan says is to go, and nothing else.

#include <string>
#include <vector>

#include "engine/mongodb/access/server_capabilities.hpp"
#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/publish/lease.hpp"
#include "engine/mongodb/publish/publish_plan.hpp"

namespace tidegate::engine::mongodb {

/// Removes the plan's collections; repeatable. Collections are moved aside in batches, the UUIDs of
/// a batch are compared in one listing, and only then is any of it dropped: a process that was
/// paused and wakes up after the next run has published moves at most a few collections of that
/// run's aside (k_steps_at_once), and moves them back. One listing of everything, and two small
/// ones a batch: the work grows with the number of collections and not with its square. On a server
/// whose renames give another UUID ('rename-keeps-uuid') each is dropped by its name, right after
/// its UUID was compared and the lease confirmed, as views are: a process paused between that and
/// the drop, for longer than its lease, can remove its successor's. Each collection that stays
/// because it is not the planned one is named in a warning.
void remove_collections(Run& run, Server& server, ServerLease& lease,
                        const std::vector<Removal>& removals,
                        const ServerCapabilities& capabilities);

/// Drops views and time series, which can be neither moved nor told apart, by name.
void remove_by_name(Run& run, Server& server, ServerLease& lease,
                    const std::vector<std::string>& names);

}  // namespace tidegate::engine::mongodb
