#pragma once

/// Where the schemas come from that are compared: a database, or an archive.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/postgresql/copy/schema_compare.hpp"
#include "engine/postgresql/driver/memory_file.hpp"
#include "engine/postgresql/driver/programs.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {

using FoundEntry = std::function<void(const SchemaEntry&)>;
/// Reads a schema from its beginning, and may be called again. @returns SchemaCutter::versions().
using ReadSchema = std::function<std::string(Run& run, const FoundEntry& found)>;

/// What pg_dump prints of the database that `session` is in, under settings that are the same for
/// every database. What is returned does not use the session; the programs outlive it.
ReadSchema schema_of(Run& run, SqlSession& session, const Server& server,
                     const DatabaseName& database, const Programs& programs);
/// What pg_restore prints of an archive. The one in memory outlives what is returned.
ReadSchema schema_of(const Programs& programs, std::filesystem::path archive);
ReadSchema schema_of(const Programs& programs, const MemoryFile& archive);

SchemaOutline outline(Run& run, const ReadSchema& schema, const OwnerRule& rule);

/// How a copy was made from its source.
struct CopyRules {
  OwnerRule owners;
  std::vector<SchemaException> exceptions;  ///< named to the user already
};

/// What the copy has otherwise than its source, whose outline is known. Both are read once more
/// where their outlines differ. Grants on the server's own objects, and on those of an extension,
/// that the user of `session` cannot change are named in a warning, and are no difference.
/// `session`: in the copy.
std::vector<Difference> compare_schemas(Run& run, SqlSession& session, const SchemaOutline& known,
                                        const ReadSchema& source, const ReadSchema& copy,
                                        const CopyRules& rules);

}  // namespace tidegate::engine::postgresql
