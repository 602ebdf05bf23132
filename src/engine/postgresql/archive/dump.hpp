#pragma once

/// Archives: pg_dump reads one exported snapshot.

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
/// summed where checksums are requested; without checksums, bytes are the size on disk. An archive
/// of a whole database has the tables that were created after inspect(), and lacks those that were
/// dropped.
/// @throws Error config: an object needs a table that is left out, so the archive could not be
/// restored; verification: this user could not restore it on this server, by the request's policy;
/// remote: a requested table no longer exists.
engine::DumpResult dump(Run& run, Server& server, const engine::DumpRequest& request);

/// See engine::Engine::examine: runs `pg_restore --list`, which reads everything that says where
/// the rows are. The archive's checksum covers the rows themselves.
engine::VerifyReport examine(Run& run, const std::filesystem::path& archive,
                             const Metadata& expected);

/// The entries of the archive's own list. @throws Error verification: pg_restore cannot read it.
std::vector<Entry> list_archive(Run& run, const Programs& programs,
                                const std::filesystem::path& archive);
std::vector<Entry> list_archive(Run& run, const Programs& programs, const MemoryFile& archive);

/// The relations that a dump takes, and those that it leaves out.
struct DumpChoice {
  std::vector<Relation> taken, left_out;
  std::vector<std::string> gone;  ///< items whose relation no longer exists
};
DumpChoice choose(const std::vector<engine::Item>& items, std::vector<Relation> relations);

}  // namespace tidegate::engine::postgresql
