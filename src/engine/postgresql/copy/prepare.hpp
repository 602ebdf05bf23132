#pragma once

/// A copy before it is made: what the dump will hold, and what becomes of each entry.

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
  DumpFacts facts;
  bool facts_known = true;  ///< false of an archive that says nothing of them
  CopyPlan plan;
  /// Of tables that are left out and yet needed: there is no list then, and no plan.
  std::optional<Error> refusal_of_choice;
  std::string role;                ///< to which the copy belongs where its owners do not keep it
  bool superuser = false;          ///< the session is a superuser's
  std::vector<Relation> left_out;  ///< tables and sequences
  std::vector<ExtensionTable> extension_tables;  ///< of the extensions that the plan makes
  std::optional<MemoryFile> schema;              ///< everything but rows, as pg_dump's custom form
};

/// How a copy is to be made.
struct CopyWish {
  std::string owner;  ///< to whom everything is to belong; empty: as in the source
  CarryPolicy carry;
  /// Whether the session's user is to make it. An archive may be restored by another user, who is a
  /// member of `owner` then, on another server.
  bool own_work = true;
};

/// Reads production at the moment and writes nothing. Refused entries are in the plan.
/// @throws Error permission: pg_dump cannot read.
PreparedCopy prepare_production(Run& run, Server& server, ExportedSnapshot& moment,
                                const DatabaseName& source, std::vector<Relation> left_out,
                                const CopyWish& wish);

/// For an archive and the server that `server` leads to. `notes`: DumpResult::restore_notes.
/// @throws Error verification: the archive or the notes cannot be read.
PreparedCopy prepare_archive(Run& run, Server& server, const std::filesystem::path& archive,
                             const std::string& notes, const CopyWish& wish);

/// Why the copy is refused: config for a choice of tables, else of this kind; nothing where it is
/// not.
std::optional<Error> refusal_of(const PreparedCopy& prepared, ErrorKind kind);

/// The differences from its source that a copy made by this plan may have. `owner`: as in the wish.
CopyRules rules_of(const PreparedCopy& prepared, const std::string& owner);

/// Says what the plan changes and leaves out, as warnings. @throws Error: refusal_of().
void say_and_require(Run& run, const PreparedCopy& prepared, ErrorKind kind);

}  // namespace tidegate::engine::postgresql
