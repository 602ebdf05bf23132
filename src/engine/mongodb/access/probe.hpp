#pragma once

/// Tries the capabilities of a server that its own answers do not tell, once a connection and
/// server.

#include "engine/mongodb/access/server_capabilities.hpp"
#include "engine/mongodb/copy/collection_copy.hpp"
#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/publish/lease.hpp"

namespace tidegate::engine::mongodb {

/// From the replies of buildInfo and hello alone. Pure.
ServerCapabilities known_capabilities(const Bson& build_info, const Bson& hello);

/// The same, with what this connection has found out before, and what can be asked without writing:
/// a server other than MongoDB's own is asked for dbHash and `$currentOp`.
ServerCapabilities ask_capabilities(Run& run, Server& server, const Bson& build_info,
                                    const Bson& hello);

/// For a run that is about to write. MongoDB's own server is not probed. Any other is, in two
/// scratch collections with staging names in the lease's database. They are removed; those of a run
/// that dies here are swept like its other staging. Costs a dozen commands on collections of at
/// most one document, one of them a rename.
/// @throws Error refused: names what the server lacks and what has no fallback; nothing was
/// changed.
ServerCapabilities require_capabilities(Run& run, Server& server, ServerLease& lease);

/// Whether a read at a timestamp is one. Where no lease was held to try it, one of the pieces is
/// read at a time of which no server has a history, and at one that has not come yet: a server that
/// answers either has not looked at the time.
bool keeps_read_timestamps(Run& run, Server& server, const std::vector<CollectionCopy>& pieces);

}  // namespace tidegate::engine::mongodb
