#pragma once

/// What is there, without changing anything.

#include <optional>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {

/// See engine::Engine. The items are its tables, partitions and views, an extension's own left out,
/// and its large objects as one. Of a database that allows no connections (a snapshot) they are
/// what its metadata says.
engine::Inventory inspect(Run& run, Server& server, const DatabaseName& database);
std::optional<Metadata> published_metadata(Run& run, Server& server, const DatabaseName& database);
std::vector<engine::FilledDatabase> list(Run& run, Server& server, const NamePattern& pattern);

engine::Capabilities capabilities(Run& run, Server& server);

}  // namespace tidegate::engine::postgresql
