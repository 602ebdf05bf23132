#pragma once

/// Copies one collection under a staging name, with its options and indexes: within the server, or
/// from an archive.

#include "engine/mongodb/copy/collection_copy.hpp"
#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/publish/lease.hpp"

namespace tidegate::engine::mongodb {

/// Copies into a new staging collection, whose name is then `piece.staging`: creates it with the
/// source's options, copies, sums the source up (production only), and builds its indexes: a
/// snapshot keeps no TTL (it would rot), a target gets its own after verification. Begun again
/// under another name after a network failure, since the server may still be at the first, and when
/// a capped source has overwritten what was being read. Errors
/// as the server's: says_source_changed(), 239 where the history of the source at read_at is gone.
void copy_piece(Run& run, Server& server, ServerLease& lease, CollectionCopy& piece);

/// The TTL indexes (and the time to live of a clustered collection), for a target, after
/// verification.
void add_ttl(Run& run, Server& server, const std::string& database, const CollectionCopy& piece);

}  // namespace tidegate::engine::mongodb
