#pragma once

/// Removes and repairs the state that dead runs have left at a target.

#include "engine/postgresql/publish/lease.hpp"

namespace tidegate::engine::postgresql {

/// Drops abandoned databases under staging names for the lease's target, finishes an interrupted
/// drop, and allows connections again where an interrupted publish or drop had blocked them. The
/// lease's recovered() lists what it did.
void recover(Run& run, SessionLease& lease);

}  // namespace tidegate::engine::postgresql
