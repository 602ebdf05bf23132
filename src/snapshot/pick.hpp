#pragma once

/// Which archive is meant.

#include <optional>
#include <string>

#include "archive/archive.hpp"
#include "base/run.hpp"
#include "engine/engine.hpp"

namespace tidegate::snapshot {

/// The newest complete one, by its name. One that claims to be from the future (beyond what clocks
/// differ) is the newest only where there is no other: else it would be so for years.
std::optional<archive::Entry> newest(const archive::Listing& listing, SystemTime now);

/// The one of this name, with or without the path or place before it.
/// @throws Error not_found: there is none; verification: there is, and it is not whole.
archive::Entry named(const archive::Store& store, const archive::Listing& listing,
                     const std::string& name);

/// named(), or newest() where no name is given. @throws Error not_found also when there is none.
archive::Entry pick(Run& run, archive::Store& store, const std::string& database,
                    const std::string& name);

}  // namespace tidegate::snapshot
