#pragma once

/// Archives: pg_dump reads one exported snapshot.

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
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

/// An archive as pg_restore is given it: a path, or a file in memory.
struct ArchiveInput {
  ArchiveInput(std::filesystem::path file) : path(std::move(file)) {}      // NOLINT: it is one
  ArchiveInput(const MemoryFile& file) : descriptor(file.descriptor()) {}  // NOLINT: likewise

  /// Its path in a child that gets the descriptor as the `index`th of its own.
  std::filesystem::path path_as(int index) const {
    return descriptor < 0 ? path : std::filesystem::path(MemoryFile::path_for_child(index));
  }

  std::filesystem::path path;
  int descriptor = -1;
};

/// Gives each entry of the archive's own list as it is read, and keeps none. @returns
/// ListingReader::dump_major(). @throws Error verification: pg_restore cannot read the archive.
int for_each_entry(Run& run, const Programs& programs, const ArchiveInput& archive,
                   const std::function<void(Entry)>& take);
/// The list as an EntryCollector keeps it.
struct ArchiveList {
  std::vector<Entry> entries;
  int dump_major = 0;
};
ArchiveList list_archive(Run& run, const Programs& programs, const ArchiveInput& archive);

/// The relations that a dump takes, and those that it leaves out.
struct DumpChoice {
  std::vector<Relation> taken, left_out;
  std::vector<std::string> gone;  ///< items whose relation no longer exists
};
DumpChoice choose(const std::vector<engine::Item>& items, std::vector<Relation> relations);

}  // namespace tidegate::engine::postgresql
