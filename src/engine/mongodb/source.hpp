#pragma once

/// What is to be copied, found in the source by UUID, and whether it is still that.

#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/mongodb/piece.hpp"
#include "engine/mongodb/server.hpp"

namespace tidegate::engine::mongodb {

/// The pieces of a request, largest first, or why the source is not what the request takes it for.
struct Resolved {
  std::vector<Piece> pieces;
  std::string changed;  ///< empty, or for people: start over
};

/// Production: by name, with definitions as they are now. A snapshot: by its metadata and, while it
/// is being published, under the names that its plan says.
Resolved resolve(Run& run, Server& server, const StageRequest& request,
                 const std::string& metadata_collection);

/// Why the pieces are not the source's any more: gone, another UUID, other options or indexes; for
/// a snapshot, that it is another one now. Empty: still the same.
std::string changed_since(Run& run, Server& server, const StageRequest& request,
                          const std::vector<Piece>& pieces, const std::string& metadata_collection);

/// Looks a snapshot's collection up again, which a publish may have renamed. @returns false when it
/// is gone.
bool find_again(Run& run, Server& server, Piece& piece);

/// The moment for all reads from now on, and that moment by the server's clock.
struct Cut {
  ReadAt at;
  SystemTime time{};
};
Cut choose_cut(Run& run, Server& server, bool point_in_time);

}  // namespace tidegate::engine::mongodb
