#pragma once

/// What is there now against what its metadata says.

#include "engine/engine.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {

/// See engine::Engine::audit. A database that allows no connections is looked at in a copy by
/// template, which is dropped afterwards; what a dead audit leaves of it, the next holder of the
/// database's lease drops.
VerifyReport audit(Run& run, Server& server, const DatabaseName& database,
                   const Metadata& expected);

}  // namespace tidegate::engine::postgresql
