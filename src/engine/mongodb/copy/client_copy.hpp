#pragma once

/// A copy by way of this process, for the few collections that the server cannot copy by itself:
/// `$out` writes no capped collection, and `$merge` takes no document whose `_id` is null.

#include <string>

#include "engine/mongodb/copy/collection_copy.hpp"
#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {

/// Whether `$merge` would refuse a document of the piece's source.
/// @throws Error refused: a document has no `_id` at all, so that every copy would give it one.
bool refuses_merge(Run& run, Server& server, const CollectionCopy& piece);

/// Reads the source at the piece's moment and inserts its documents into the staging collection, in
/// the source's own order where it is capped. Memory stays flat.
void copy_through_client(Run& run, Server& server, const std::string& database,
                         const CollectionCopy& piece);

}  // namespace tidegate::engine::mongodb
