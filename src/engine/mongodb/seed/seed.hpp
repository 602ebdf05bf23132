#pragma once

/// Seed data: a directory of JSON and BSON files, or a command.

#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/publish/lease.hpp"
#include "model/plan.hpp"

namespace tidegate::engine::mongodb {

/// See engine::Engine::seed. Of a directory, each of these is about collection NAME, whose name is
/// percent-encoded as mongodump does it:
///
///   NAME.json            documents in Extended JSON, one after another, or an array of them
///   NAME.bson            documents, as mongodump writes them
///   NAME.metadata.json   options and indexes, as mongodump writes them; made first
///
/// Each may end in `.gz` or `.zst`. What else mongodump writes is left out, and named in a warning.
///
/// @throws Error config: there is none of them, or one is damaged or refused by the server; the
/// file is named.
void seed(Run& run, Server& server, const Endpoint& endpoint, ServerLease& lease,
          const SeedPlan& plan);

}  // namespace tidegate::engine::mongodb
