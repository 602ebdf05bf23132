#pragma once

/// Selects an archive.

#include <optional>
#include <string>

#include "archive/archive.hpp"
#include "base/run.hpp"
#include "engine/engine.hpp"

namespace tidegate::snapshot {

/// The newest complete archive, by its name. An archive dated in the future (beyond the usual clock
/// difference) counts only when there is no other; otherwise it would be the newest for years.
std::optional<archive::Entry> newest(const archive::Listing& listing, SystemTime now);

/// The archive with this name; a path or store address before the name is ignored.
/// @throws Error not_found: it does not exist; verification: it exists and is not complete.
archive::Entry named(const archive::Store& store, const archive::Listing& listing,
                     const std::string& name);

/// named(), or newest() when no name is given. @throws Error not_found also when there is no
/// archive.
archive::Entry pick(Run& run, archive::Store& store, const std::string& database,
                    const std::string& name);

}  // namespace tidegate::snapshot
