#pragma once

/// The MongoDB engine: snapshots and previews within one deployment, copied by the server itself
/// (`$out` across databases), so that no document passes through this process. Not here: copies
/// between deployments, archives.

#include "engine/engine.hpp"
#include "engine/mongodb/publish/lease.hpp"

namespace tidegate::engine::mongodb {

/// The engine, for main.cpp to plug in. `times` other than the default are for tests.
Kind kind(LeaseTimes times = {});

/// The default times, or, for tests, shorter ones in the same proportions: `seconds` is the text of
/// a whole number, or null.
LeaseTimes lease_times(const char* seconds);

}  // namespace tidegate::engine::mongodb
