#pragma once

/// A copy before it is made: the content of the dump, and the plan for each entry.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/postgresql/copy/copy_plan.hpp"
#include "engine/postgresql/copy/exported_snapshot.hpp"
#include "engine/postgresql/copy/extension_tables.hpp"
#include "engine/postgresql/copy/schema_read.hpp"
#include "engine/postgresql/driver/memory_file.hpp"
#include "engine/postgresql/driver/programs.hpp"

namespace tidegate::engine::postgresql {

struct PreparedCopy {
  Programs programs;
  std::vector<Entry> entries;
  int dump_major = 0;  ///< version of the pg_dump that wrote them
  DumpFacts facts;
  bool facts_known = true;  ///< false for an archive without notes
  CopyPlan plan;
  /// Set where tables that are left out are needed; then there is no list and no plan.
  std::optional<Error> refusal_of_choice;
  std::string role;                              ///< owns the objects whose owners do not keep them
  bool superuser = false;                        ///< the session is a superuser's
  std::vector<Relation> left_out;                ///< tables and sequences
  std::vector<ExtensionTable> extension_tables;  ///< of the extensions that the plan makes
  std::optional<MemoryFile> schema;              ///< everything but rows, as pg_dump's custom form
};

/// The wishes of the caller about a copy.
struct CopyWish {
  std::string owner;  ///< of everything in the copy; empty: as in the source
  CarryPolicy carry;
  /// Whether the session's user makes the copy. Another user, a member of `owner` on another
  /// server, may restore an archive.
  bool own_work = true;
};

/// Reads production at the moment and writes nothing. The plan has the refused entries.
/// @throws Error permission: pg_dump cannot read.
PreparedCopy prepare_production(Run& run, Server& server, ExportedSnapshot& moment,
                                const DatabaseName& source, std::vector<Relation> left_out,
                                const CopyWish& wish);

/// For an archive and the server behind `server`. `notes`: DumpResult::restore_notes.
/// @throws Error verification: the archive or the notes cannot be read.
PreparedCopy prepare_archive(Run& run, Server& server, const std::filesystem::path& archive,
                             const std::string& notes, const CopyWish& wish);

/// The reason to refuse the copy: config for a choice of tables, else of this kind; nothing where
/// it is not refused.
std::optional<Error> refusal_of(const PreparedCopy& prepared, ErrorKind kind);

/// The differences from its source that this plan allows a copy. `owner`: as in the wish.
CopyRules rules_of(const PreparedCopy& prepared, const std::string& owner);

/// Warns of everything that the plan changes or leaves out. @throws Error: refusal_of().
void say_and_require(Run& run, const PreparedCopy& prepared, ErrorKind kind);

}  // namespace tidegate::engine::postgresql
