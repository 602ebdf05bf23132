#pragma once

/// Archives: pg_dump at one exported snapshot.

#include <filesystem>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/archive/listing.hpp"
#include "engine/postgresql/copy/catalog.hpp"
#include "engine/postgresql/driver/memory_file.hpp"
#include "engine/postgresql/driver/programs.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {

/// See engine::Engine::dump. Rows are counted in the dump's own snapshot (`verified` count), and
/// summed up where checksums are asked for; without them bytes are the size on disk. Of a
/// whole database, what came after inspect() is in the archive and what went is not.
/// @throws Error config: something refers to a table that is left out, so that it could not be
/// restored; verification: this user could not restore it on this server, by the request's policy;
/// remote: a table that was asked for is gone.
engine::DumpResult dump(Run& run, Server& server, const engine::DumpRequest& request);

/// See engine::Engine::examine: `pg_restore --list`. A restore that has read it has read all that
/// tells where the rows are; the rows themselves are the checksum's.
engine::VerifyReport examine(Run& run, const std::filesystem::path& archive,
                             const Metadata& expected);

/// The archive's own list. @throws Error verification: pg_restore cannot read it.
std::vector<Entry> list_archive(Run& run, const Programs& programs,
                                const std::filesystem::path& archive);
std::vector<Entry> list_archive(Run& run, const Programs& programs, const MemoryFile& archive);

/// What is in `relations` and not among `items`, and the rest.
struct DumpChoice {
  std::vector<Relation> taken, left_out;
  std::vector<std::string> gone;  ///< items that are no more
};
DumpChoice choose(const std::vector<engine::Item>& items, std::vector<Relation> relations);

}  // namespace tidegate::engine::postgresql
