#pragma once

/// What runs that died have left at a place.

#include "engine/postgresql/publish/lease.hpp"

namespace tidegate::engine::postgresql {

/// Drops what stands under staging names for the lease's target and is nobody's any more, finishes
/// a drop that was interrupted, and lets connections in again where a publish or a drop had shut
/// them out. What it did stands in the lease's recovered().
void recover(Run& run, SessionLease& lease);

}  // namespace tidegate::engine::postgresql
