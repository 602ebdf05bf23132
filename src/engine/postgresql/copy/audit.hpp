#pragma once

/// Compares the present content of a database with its metadata.

#include "engine/engine.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {

/// See engine::Engine::audit. A database that allows no connections is copied as a template, and
/// the copy is read and dropped. The next holder of the database's lease drops the copy of a dead
/// audit.
VerifyReport audit(Run& run, Server& server, const DatabaseName& database,
                   const Metadata& expected);

}  // namespace tidegate::engine::postgresql
