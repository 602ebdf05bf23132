#pragma once

/// Collections as they are before their documents come, and their indexes after that.

#include <string>
#include <vector>

#include "engine/mongodb/copy/collection_copy.hpp"
#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/publish/lease.hpp"

namespace tidegate::engine::mongodb {

/// An empty collection, or a view, with these options as listCollections tells them. One that is
/// there already is taken for this run's own.
void create_collection(Run& run, Server& server, const Namespace& collection, const Bson& options);

/// An empty collection with these options, but without a time to live: it deletes while one looks.
/// One that is there already is taken for this run's own.
void create_like(Run& run, Server& server, const Namespace& collection, const Bson& options);

/// All in one `createIndexes`; `options` are the collection's.
void build_indexes(Run& run, Server& server, const Namespace& collection,
                   const std::vector<Bson>& indexes, const Bson& options);

/// All but `_id_`, which the collection has, and but TTLs: in a snapshot those are plain indexes,
/// in a target they come later.
std::vector<Bson> indexes_before_verification(const CollectionCopy& piece);

/// Servers keep indexes of former versions with options and kinds that they would refuse today.
/// Those that look so are built once on an empty staging collection, so that a refusal comes before
/// hours of copying. Leaves nothing behind.
/// @throws Error refused: names the index, with the server's words.
void try_unusual_indexes(Run& run, Server& server, ServerLease& lease,
                         const std::vector<CollectionCopy>& pieces);

/// An option that no present version documents, or a key that is neither a direction nor a kind
/// that every version has.
bool is_unusual(const Bson& index);

}  // namespace tidegate::engine::mongodb
