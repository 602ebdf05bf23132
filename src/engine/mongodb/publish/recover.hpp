#pragma once

/// Clears up after a dead run in a database: finishes its plan, ends its operations, drops its
/// staging.

#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/publish/lease.hpp"

namespace tidegate::engine::mongodb {

/// Called by the run that has just taken the lease. ServerLease::recovered() tells what was done.
/// A plan that the server will not have carried out is left for the holder's own to replace.
void recover(Run& run, Server& server, ServerLease& lease);

/// Ends operations of the runs whose staging is there, then drops all of it. Called when nothing of
/// this run's own is staged: before an earlier try's successor begins, and again at the end of a
/// run, after publishing: a killed client's operation goes on in the server and can make its
/// collection again. A published collection that a paused process has moved aside is moved back.
void sweep_staging(Run& run, Server& server, ServerLease& lease);

}  // namespace tidegate::engine::mongodb
