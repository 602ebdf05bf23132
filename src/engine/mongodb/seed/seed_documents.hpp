#pragma once

/// The content of a file of seed data. Asks no server.

#include <functional>
#include <string_view>

#include "engine/mongodb/archive/encoding.hpp"
#include "engine/mongodb/driver/bson.hpp"
#include "engine/mongodb/seed/seed_files.hpp"

namespace tidegate::engine::mongodb {

/// Each of its documents in order, until `each` returns false.
/// @throws Error config: it cannot be read; file and place are named.
void each_document(const SeedFile& file, const std::function<bool(ByteView)>& each);
/// The content of a metadata file: {options, indexes, collectionName}. @throws Error config: it is
/// none.
Bson read_seed_metadata(const SeedFile& file);

/// The error that a file is of no use, and why.
Error unusable(const SeedFile& file, std::string_view why);

}  // namespace tidegate::engine::mongodb
