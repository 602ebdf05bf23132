#include "engine/postgresql/driver/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "engine/postgresql/driver/connection.hpp"

namespace tidegate::engine::postgresql {
namespace {

// A copy neither publishes nor subscribes, and its server may have other tablespaces.
constexpr std::array k_not_copied{"--no-subscriptions", "--no-publications", "--no-tablespaces"};

// Takes one part of quote_ident()'s output off the front, with the dot after it.
std::string take_identifier(std::string_view& text) {
  std::string name;
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size() && (quoted || text[at] != '.'); ++at) {
    if (text[at] != '"') {
      name += text[at];
    } else if (quoted && text.substr(at, 2) == "\"\"") {
      name += text[at++];
    } else {
      quoted = !quoted;
    }
  }
  text.remove_prefix(std::min(text.size(), at + 1));
  return name;
}

std::string in_quotes(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string(2, c) : std::string(1, c);
  return text + '"';
}

std::string level_of(Compression compression, Compression wanted) {
  switch (compression) {
    case Compression::zstd:
      return "zstd";
    case Compression::gzip:
      // The fastest level, unless the configuration names zstd.
      return wanted == Compression::automatic ? "1" : "6";
    default:
      return "0";
  }
}

Error no_zstd(const Programs& programs) {
  return Error(
      ErrorKind::config,
      fmt::format("'{}' ({}) cannot compress with zstd", programs.pg_dump, programs.version.text),
      "install a client of version 16 or newer, or set 'snapshot.compress' to auto or "
      "gzip");
}

}  // namespace

PlainName plain_name(const Relation& relation) {
  std::string_view rest = relation.quoted;
  auto schema = take_identifier(rest);
  return {std::move(schema), take_identifier(rest)};
}

PlainName plain_name(const std::string& name) {
  std::string_view rest = name;
  auto first = take_identifier(rest);
  if (rest.empty()) return {"public", std::move(first)};
  return {std::move(first), take_identifier(rest)};
}

std::string pattern_of(const Relation& relation) {
  const auto plain = plain_name(relation);
  return in_quotes(plain.schema) + "." + in_quotes(plain.name);
}

Compression compression_of(const Programs& programs, Compression wanted) {
  if (wanted != Compression::automatic) return wanted;
  return programs.zstd ? Compression::zstd : Compression::gzip;
}

std::string format_text(ArchiveForm form, Compression compression) {
  const auto* how = compression == Compression::zstd   ? "zstd"
                    : compression == Compression::gzip ? "gzip"
                                                       : "not compressed";
  return fmt::format("pg_dump {}, {}", form == ArchiveForm::custom ? "custom" : "directory", how);
}

std::vector<std::string> dump_arguments(const Programs& programs, const DumpOptions& options) {
  const auto compression = compression_of(programs, options.compression);
  if (compression == Compression::zstd && !programs.zstd) throw no_zstd(programs);
  const bool piped = options.path.empty();
  std::vector<std::string> arguments{ServiceFile::argument(), "--no-password", "--verbose",
                                     "--snapshot=" + options.snapshot};
  if (piped) {
    arguments.insert(arguments.end(), {"--format=custom", "--compress=0"});
  } else {
    // pg_dump ignores errors of its own sync, so the archive is synced afterwards.
    arguments.insert(arguments.end(), {"--no-sync", "--file=" + options.path.string(),
                                       "--compress=" + level_of(compression, options.compression)});
    const bool directory = options.form == ArchiveForm::directory;
    arguments.emplace_back(directory ? "--format=directory" : "--format=custom");
    if (directory && options.parallel > 1) {
      arguments.push_back(fmt::format("--jobs={}", options.parallel));
    }
  }
  for (const auto& section : options.sections) arguments.push_back("--section=" + section);
  if (options.without_tables_rows) arguments.emplace_back("--exclude-table-data=*.*");
  for (const auto& relation : options.left_out) {
    arguments.push_back(relation.kind == 'L' ? std::string("--no-blobs")
                                             : "--exclude-table=" + pattern_of(relation));
  }
  return arguments;
}

std::vector<std::string> schema_arguments() {
  std::vector<std::string> arguments{ServiceFile::argument(), "--no-password", "--schema-only"};
  arguments.insert(arguments.end(), k_not_copied.begin(), k_not_copied.end());
  return arguments;
}

std::vector<std::string> schema_arguments(const std::filesystem::path& archive) {
  std::vector<std::string> arguments{"--schema-only", "--file=-"};
  arguments.insert(arguments.end(), k_not_copied.begin(), k_not_copied.end());
  arguments.push_back(archive.string());
  return arguments;
}

std::vector<std::string> load_arguments(const LoadOptions& options) {
  std::vector<std::string> arguments{ServiceFile::argument(), "--no-password", "--verbose"};
  arguments.insert(arguments.end(), k_not_copied.begin(), k_not_copied.end());
  if (options.exit_on_error) arguments.emplace_back("--exit-on-error");
  if (!options.owners) arguments.emplace_back("--no-owner");
  for (const auto& section : options.sections) arguments.push_back("--section=" + section);
  if (!options.role.empty()) arguments.push_back("--role=" + options.role);
  if (!options.list.empty()) arguments.push_back("--use-list=" + options.list.string());
  if (options.path.empty()) {
    arguments.emplace_back("--format=custom");
  } else {
    arguments.push_back(fmt::format("--jobs={}", std::max(1, options.parallel)));
    arguments.push_back(options.path.string());
  }
  return arguments;
}

}  // namespace tidegate::engine::postgresql
