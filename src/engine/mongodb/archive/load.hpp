#pragma once

/// The files of an archive into staging collections. Which step follows which is stage.cpp's.

#include "engine/engine.hpp"
#include "engine/mongodb/copy/collection_copy.hpp"
#include "engine/mongodb/copy/source.hpp"
#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {

/// The pieces of an archive, largest first, as its metadata names them.
/// @throws Error verification: a file is missing, too many, or not what the metadata says of it.
Resolved from_archive(const StageRequest& request);

/// Inserts a piece's documents into its staging collection, which is empty.
/// @throws Error verification: its file is damaged, or not what the metadata says of it.
void load_documents(Run& run, Server& server, const std::string& database,
                    const CollectionCopy& piece);

}  // namespace tidegate::engine::mongodb
