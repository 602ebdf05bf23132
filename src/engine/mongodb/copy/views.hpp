#pragma once

/// Views, whose definition is the whole of them.

#include <string>
#include <vector>

#include "engine/mongodb/copy/collection_copy.hpp"
#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/publish/lease.hpp"

namespace tidegate::engine::mongodb {

/// Whether the listing has a view of this name and definition.
bool is_view_as_wanted(const std::vector<CollectionInfo>& listed, const std::string& name,
                       const Definition& wanted);

/// A server makes no view with a stage that it does not know, or does not allow, such as
/// `$function` where it runs without scripting. Views are made after the commit point; so each that
/// the target does not have yet is made once under a staging name, before anything is copied.
/// Leaves nothing behind.
/// @throws Error refused: names the view, with the server's words.
void try_views(Run& run, Server& server, ServerLease& lease,
               const std::vector<CollectionCopy>& pieces);

}  // namespace tidegate::engine::mongodb
