#include "engine/mongodb/seed/seed_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <optional>
#include <system_error>
#include <tuple>

#include "base/errno_kind.hpp"
#include "base/secret.hpp"
#include "engine/mongodb/seed/seed_documents.hpp"

namespace tidegate::engine::mongodb {
namespace {

struct Ending {
  std::string_view text;
  SeedFile::Form form;
  Compression compression;
};
// The longest first.
constexpr std::array<Ending, 9> k_endings{{
    {".metadata.json", SeedFile::Form::metadata, Compression::none},
    {".metadata.json.gz", SeedFile::Form::metadata, Compression::gzip},
    {".metadata.json.zst", SeedFile::Form::metadata, Compression::zstd},
    {".json", SeedFile::Form::json, Compression::none},
    {".json.gz", SeedFile::Form::json, Compression::gzip},
    {".json.zst", SeedFile::Form::json, Compression::zstd},
    {".bson", SeedFile::Form::bson, Compression::none},
    {".bson.gz", SeedFile::Form::bson, Compression::gzip},
    {".bson.zst", SeedFile::Form::bson, Compression::zstd},
}};

/// A file and its name without the ending, as it stands on the disk.
struct NamedFile {
  SeedFile file;
  std::string stem;
};

std::optional<NamedFile> read_name(const std::filesystem::path& path) {
  const auto name = path.filename().string();
  for (const auto& each : k_endings) {
    if (!name.ends_with(each.text) || name.size() == each.text.size()) continue;
    auto stem = name.substr(0, name.size() - each.text.size());
    return NamedFile{{path, percent_decode(stem), each.form, each.compression}, stem};
  }
  return std::nullopt;
}

/// Whether the first document of a file has these fields and no `_id`.
bool begins_with(const SeedFile& file, std::initializer_list<const char*> fields) {
  bool has = false;
  each_document(file, [&](ByteView bytes) {
    bson_t view;
    has = bson_init_static(&view, bytes.data(), bytes.size()) && !bson_has_field(&view, "_id") &&
          std::all_of(fields.begin(), fields.end(),
                      [&](const char* field) { return bson_has_field(&view, field); });
    return false;
  });
  return has;
}

/// Users and roles of a database, and the server's own collections. The buckets of a time series
/// are data of the application's, and refused later on.
bool is_of_server(const std::string& collection) {
  return collection.starts_with("$admin.") ||
         (collection.starts_with("system.") && !collection.starts_with("system.buckets."));
}

/// Besides collections, mongodump writes what it notes of itself, and with `--oplog` operations.
bool is_written_by_the_way(const SeedFile& file) {
  using Form = SeedFile::Form;
  if (file.form == Form::json && file.collection == "prelude") {
    return begins_with(file, {"ToolVersion", "ServerVersion"});
  }
  if (file.form == Form::bson && file.collection == "oplog") {
    return begins_with(file, {"ts", "op", "ns"});
  }
  return is_of_server(file.collection);
}

/// mongodump cuts the file names of long collection names, with a digest in place of the rest.
bool is_cut(const std::string& stem) {
  constexpr std::size_t k_shortest = 237, k_digest = 27;
  constexpr std::string_view k_mark = "%24";
  return stem.size() >= k_shortest &&
         stem.compare(stem.size() - k_digest - k_mark.size(), k_mark.size(), k_mark) == 0;
}

/// Only the metadata beside it knows the whole name.
void name_cut_ones(std::vector<NamedFile>& files) {
  std::map<std::string, std::string> names;
  for (const auto& [file, stem] : files) {
    if (file.form != SeedFile::Form::metadata || !is_cut(stem)) continue;
    names[stem] = read_seed_metadata(file).text("collectionName");
  }
  for (auto& [file, stem] : files) {
    if (!is_cut(stem)) continue;
    if (names[stem].empty()) {
      throw unusable(file,
                     "its name was cut, and no metadata file beside it tells the name of "
                     "its collection");
    }
    file.collection = names[stem];
  }
}

Error no_seed_data(const std::filesystem::path& directory,
                   const std::vector<std::string>& directories) {
  const bool of_databases = !directories.empty();
  return {ErrorKind::config,
          fmt::format("cannot read the seed data '{}': it holds no JSON and no BSON file{}",
                      directory.string(),
                      of_databases
                          ? fmt::format(", only directories ('{}')", fmt::join(directories, "', '"))
                          : ""),
          of_databases ? fmt::format("name the directory of one database in 'previews.seed.file', "
                                     "such as '{}'",
                                     (directory / directories.back()).string())
                       : "name a directory with files NAME.json or NAME.bson in "
                         "'previews.seed.file'"};
}

}  // namespace

std::vector<SeedFile> seed_files(const std::filesystem::path& directory,
                                 std::vector<std::string>& others) {
  std::error_code failed;
  std::vector<NamedFile> found;
  std::vector<std::string> directories;
  for (auto entry = std::filesystem::directory_iterator(directory, failed);
       !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed)) {
    const auto name = entry->path().filename().string();
    auto file = entry->is_regular_file() ? read_name(entry->path()) : std::nullopt;
    if (file && !is_written_by_the_way(file->file)) {
      found.push_back(std::move(*file));
    } else if (name.front() != '.') {
      others.push_back(name);
      if (entry->is_directory()) directories.push_back(name);
    }
  }
  if (failed) {
    throw Error(
        kind_of_errno(failed.value()),
        fmt::format("cannot read the seed data '{}': {}", directory.string(), failed.message()),
        "name a directory with files NAME.json or NAME.bson in 'previews.seed.file'");
  }
  std::sort(directories.begin(), directories.end());
  if (found.empty()) throw no_seed_data(directory, directories);
  name_cut_ones(found);
  std::vector<SeedFile> files;
  for (auto& each : found) files.push_back(std::move(each.file));
  std::sort(files.begin(), files.end(), [](const SeedFile& a, const SeedFile& b) {
    return std::tie(a.collection, a.form, a.path) < std::tie(b.collection, b.form, b.path);
  });
  std::sort(others.begin(), others.end());
  return files;
}

}  // namespace tidegate::engine::mongodb
