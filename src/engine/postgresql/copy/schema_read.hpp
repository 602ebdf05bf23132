#pragma once

/// The sources of the schemas that are compared: a database, or an archive.

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
/// Reads a schema from its beginning; it may be called again. @returns SchemaCutter::versions().
using ReadSchema = std::function<std::string(Run& run, const FoundEntry& found)>;

/// The output of pg_dump for the database of `session`, under settings that are the same for every
/// database. The result does not use the session; the programs must outlive it.
ReadSchema schema_of(Run& run, SqlSession& session, const Server& server,
                     const DatabaseName& database, const Programs& programs);
/// The output of pg_restore for an archive. An archive in memory must outlive the result.
ReadSchema schema_of(const Programs& programs, std::filesystem::path archive);
ReadSchema schema_of(const Programs& programs, const MemoryFile& archive);

SchemaOutline outline(Run& run, const ReadSchema& schema, const OwnerRule& rule);

/// How a copy was made from its source.
struct CopyRules {
  OwnerRule owners;
  std::vector<SchemaException> exceptions;  ///< the user was warned of these
};

/// The differences of the copy from its source, whose outline is known. Reads both once more where
/// their outlines differ. Grants on the server's own objects, and on those of an extension, that
/// the user of `session` cannot change are named in a warning, and are no difference. `session`: in
/// the copy.
std::vector<Difference> compare_schemas(Run& run, SqlSession& session, const SchemaOutline& known,
                                        const ReadSchema& source, const ReadSchema& copy,
                                        const CopyRules& rules);

}  // namespace tidegate::engine::postgresql
