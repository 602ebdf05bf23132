#pragma once

/// Reads the present state and changes nothing.

#include <optional>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {

/// See engine::Engine. The items are its tables, partitions and views, and its large objects as one
/// item; objects of an extension are left out. For a database that allows no connections (a
/// snapshot), the items come from its metadata.
engine::Inventory inspect(Run& run, Server& server, const DatabaseName& database);
std::optional<Metadata> published_metadata(Run& run, Server& server, const DatabaseName& database);
std::vector<engine::FilledDatabase> list(Run& run, Server& server, const NamePattern& pattern);

engine::Capabilities capabilities(Run& run, Server& server);

}  // namespace tidegate::engine::postgresql
