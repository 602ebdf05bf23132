#pragma once

/// The collections to be copied, found in the source by UUID, and whether they are still the same.

#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/mongodb/copy/collection_copy.hpp"
#include "engine/mongodb/copy/read_timestamp.hpp"
#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {

/// The pieces of a request, largest first, or why the source is not what the request takes it for.
struct Resolved {
  std::vector<CollectionCopy> pieces;
  std::string changed;  ///< empty, or for people: start over
};

/// Production: by name, with definitions as they are now. A snapshot: by its metadata and, while it
/// is being published, under the names that its plan says. An archive: from_archive() (load.hpp).
Resolved resolve(Run& run, Server& server, const StageRequest& request,
                 const std::string& metadata_collection);

/// Why the pieces are not the source's any more: gone, another UUID, other options or indexes; for
/// a snapshot, that it is another one now; an archive never. Empty: still the same.
std::string changed_since(Run& run, Server& server, const StageRequest& request,
                          const std::vector<CollectionCopy>& pieces,
                          const std::string& metadata_collection);

/// Whether the piece's source still bears its name.
bool is_in_place(const std::vector<CollectionInfo>& listed, const CollectionCopy& piece);
/// Looks a snapshot's collection up in a listing, since a publish may have renamed it. @returns
/// false when it is gone.
bool find_again(const std::vector<CollectionInfo>& listed, CollectionCopy& piece);

/// Staging has short names, and so would find it out only after the commit point.
/// @throws Error refused: names that are too long in this database.
void refuse_long_names(const std::string& database, const std::vector<CollectionCopy>& pieces);

/// In this order a few at a time are done soonest.
void largest_first(std::vector<CollectionCopy>& pieces);

}  // namespace tidegate::engine::mongodb
