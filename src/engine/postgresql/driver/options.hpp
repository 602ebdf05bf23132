#pragma once

/// The arguments of pg_dump and pg_restore. Pure.

#include <filesystem>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/copy/catalog.hpp"
#include "engine/postgresql/driver/programs.hpp"

namespace tidegate::engine::postgresql {

/// `public."Users"` as a pattern that matches only this table: `"public"."Users"`.
std::string pattern_of(const Relation& relation);

/// Schema and name of a relation as the programs print them in messages and lists, without quotes.
struct PlainName {
  std::string schema, name;
};
PlainName plain_name(const Relation& relation);
/// The same for Relation::name, which leaves schema public out.
PlainName plain_name(const std::string& name);

struct DumpOptions {
  std::string snapshot;        ///< an exported one
  std::filesystem::path path;  ///< empty: standard output, in custom form, uncompressed
  ArchiveForm form = ArchiveForm::custom;
  Compression compression = Compression::automatic;
  int parallel = 1;
  std::vector<Relation> left_out;
  bool without_tables_rows = false;     ///< dump only rows of large objects
  std::vector<std::string> sections{};  ///< `pre-data`, `data`, `post-data`; empty: all
};

/// @throws Error config: a compression that this pg_dump does not have.
std::vector<std::string> dump_arguments(const Programs& programs, const DumpOptions& options);

/// For a dump of definitions only, as text on standard output, without objects that no copy takes.
std::vector<std::string> schema_arguments();
/// The same for an archive and pg_restore.
std::vector<std::string> schema_arguments(const std::filesystem::path& archive);

/// Replaces automatic: by zstd where the client has it, else by gzip.
Compression compression_of(const Programs& programs, Compression wanted);

/// For people and tools: `pg_dump custom, zstd`.
std::string format_text(ArchiveForm form, Compression compression);

struct LoadOptions {
  std::filesystem::path path;  ///< empty: standard input
  std::filesystem::path list;  ///< the entries to load; empty: all
  std::string role;            ///< role before anything is made; empty: the one that signs in
  bool owners = true;          ///< each object gets its owner in the source
  bool exit_on_error = true;
  int parallel = 1;
  std::vector<std::string> sections{};  ///< as DumpOptions::sections
};

std::vector<std::string> load_arguments(const LoadOptions& options);

}  // namespace tidegate::engine::postgresql
