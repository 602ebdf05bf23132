#pragma once

/// What a dead run has left in a database: its plan is finished, its operations ended, its staging
/// cleared.

#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/publish/lease.hpp"

namespace tidegate::engine::mongodb {

/// Called by whoever has just taken the lease. What was done is told by ServerLease::recovered().
/// A plan that the server will not have carried out is left for the holder's own to replace.
void recover(Run& run, Server& server, ServerLease& lease);

/// Ends operations of the runs whose staging is there, then drops all of it. Called when nothing of
/// this run's own is staged: before an earlier try's successor begins, and again at the end of a
/// run, after publishing: a killed client's operation goes on in the server and can make its
/// collection anew. A published collection that a paused process has moved aside is moved back.
void sweep_staging(Run& run, Server& server, ServerLease& lease);

}  // namespace tidegate::engine::mongodb
