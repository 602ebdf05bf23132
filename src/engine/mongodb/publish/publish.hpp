#pragma once

/// From the commit point on: forward only. Every step may be done twice, by anybody who holds the
/// lease.

#include <string>
#include <vector>

#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/publish/lease.hpp"
#include "engine/mongodb/publish/publish_plan.hpp"

namespace tidegate::engine::mongodb {

/// Carries out what a plan still asks for, and clears it. The lease is confirmed before each step
/// that destroys. A process that was paused and wakes up in the middle harms nothing of a later
/// run's: a rename moves only its own staging collection, what is removed is first moved aside and
/// compared by UUID, `latest` is replaced only where it is still the one that the plan knew. (One
/// hole is left: views and time series are dropped by name, and an emptied database as a whole; a
/// process paused for a whole lease between its confirmation and that drop can remove what is
/// newer. On a server without 'rename-keeps-uuid' that holds for collections, too.)
/// `capabilities`: by require_capabilities(), asked before the commit point.
/// @returns the names that are neither staged nor published as planned, and so are lost; the place
/// is then left with `latest` at `publishing`, so that no client takes it for complete. Empty: all
/// is well.
std::vector<std::string> roll_forward(Run& run, Server& server, ServerLease& lease,
                                      const PublishPlan& plan,
                                      const ServerCapabilities& capabilities);

/// Renames and drops that are asked for at the same time: most of the time of each goes by while
/// the server waits for its other members and its journal.
inline constexpr int k_steps_at_once = 4;

/// Renames within a database; a transaction that blocks it is waited for as long as the run may
/// last.
/// @returns false when the source is not there (26) or, without replacing, the destination is (48).
enum class Replace { no, yes };
bool rename_collection(Run& run, Server& server, const Namespace& from, const std::string& to,
                       Replace replace);

/// Drops a collection or view; no error when there is none.
void drop_collection(Run& run, Server& server, const Namespace& collection);

}  // namespace tidegate::engine::mongodb
