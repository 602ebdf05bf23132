#include "engine/mongodb/seed/seed_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <system_error>
#include <tuple>

#include "base/errno_kind.hpp"
#include "base/secret.hpp"
#include "engine/mongodb/archive/archive_files.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr auto k_what_to_do = "correct 'previews.seed.file', then run the command again";

Error unusable(const SeedFile& file, std::string_view why) {
  return {ErrorKind::config,
          fmt::format("cannot read the seed data '{}': {}", file.path.string(), why), k_what_to_do};
}

struct Ending {
  std::string_view text;
  SeedFile::Form form;
  Compression compression;
};
// The longest first.
constexpr std::array<Ending, 5> k_endings{{
    {".metadata.json", SeedFile::Form::metadata, Compression::none},
    {".json", SeedFile::Form::json, Compression::none},
    {".bson", SeedFile::Form::bson, Compression::none},
    {".bson.gz", SeedFile::Form::bson, Compression::gzip},
    {".bson.zst", SeedFile::Form::bson, Compression::zstd},
}};

std::optional<SeedFile> read_name(const std::filesystem::path& path) {
  const auto name = path.filename().string();
  for (const auto& each : k_endings) {
    if (!name.ends_with(each.text) || name.size() == each.text.size()) continue;
    return SeedFile{path, percent_decode(name.substr(0, name.size() - each.text.size())), each.form,
                    each.compression};
  }
  return std::nullopt;
}

std::string whole(const SeedFile& file) {
  std::ifstream in(file.path, std::ios::binary);
  if (!in) throw unusable(file, std::strerror(errno));
  return {std::istreambuf_iterator<char>(in), {}};
}

/// One document after another in the same memory.
class Scratch {
 public:
  Scratch() { bson_init(&document_); }
  ~Scratch() { bson_destroy(&document_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  bson_t* cleared() {
    bson_reinit(&document_);
    return &document_;
  }
  ByteView bytes() const { return {bson_get_data(&document_), document_.len}; }

 private:
  bson_t document_;
};

Bson read_json(const SeedFile& file, const std::string& text) {
  try {
    return Bson::from_json(text);
  } catch (const Error& error) {
    throw unusable(file, error.message());
  }
}

void each_of_array(const SeedFile& file, const std::string& text,
                   const std::function<void(ByteView)>& each) {
  const auto all = read_json(file, "{\"all\": " + text + "}");
  bson_iter_t array, item;
  if (!bson_iter_init_find(&array, all.raw(), "all") || !bson_iter_recurse(&array, &item)) {
    throw unusable(file, "it is no array of documents");
  }
  for (int number = 1; bson_iter_next(&item); ++number) {
    const std::uint8_t* data = nullptr;
    std::uint32_t size = 0;
    if (!BSON_ITER_HOLDS_DOCUMENT(&item)) {
      throw unusable(file, fmt::format("number {} of its array is no document", number));
    }
    bson_iter_document(&item, &size, &data);
    each({data, size});
  }
}

void each_in_row(const SeedFile& file, const std::function<void(ByteView)>& each) {
  bson_error_t error{};
  const std::unique_ptr<bson_json_reader_t, decltype(&bson_json_reader_destroy)> reader(
      bson_json_reader_new_from_file(file.path.c_str(), &error), &bson_json_reader_destroy);
  if (!reader) throw unusable(file, error.message);
  Scratch document;
  for (int number = 1;; ++number) {
    const int read = bson_json_reader_read(reader.get(), document.cleared(), &error);
    if (read < 0) throw unusable(file, fmt::format("document {}: {}", number, error.message));
    if (read == 0) return;
    each(document.bytes());
  }
}

}  // namespace

std::vector<SeedFile> seed_files(const std::filesystem::path& directory,
                                 std::vector<std::string>& others) {
  std::error_code failed;
  std::vector<SeedFile> files;
  for (auto entry = std::filesystem::directory_iterator(directory, failed);
       !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed)) {
    auto file = entry->is_regular_file() ? read_name(entry->path()) : std::nullopt;
    if (file) {
      files.push_back(std::move(*file));
    } else if (entry->path().filename().string().front() != '.') {
      others.push_back(entry->path().filename().string());
    }
  }
  const auto complain = [&](ErrorKind kind, std::string_view why) {
    return Error(kind, fmt::format("cannot read the seed data '{}': {}", directory.string(), why),
                 "name a directory with files NAME.json or NAME.bson in 'previews.seed.file'");
  };
  if (failed) throw complain(kind_of_errno(failed.value()), failed.message());
  if (files.empty()) throw complain(ErrorKind::config, "it holds no JSON and no BSON file");
  std::sort(files.begin(), files.end(), [](const SeedFile& a, const SeedFile& b) {
    return std::tie(a.collection, a.form, a.path) < std::tie(b.collection, b.form, b.path);
  });
  std::sort(others.begin(), others.end());
  return files;
}

void each_document(const SeedFile& file, const std::function<void(ByteView)>& each) {
  if (file.form == SeedFile::Form::json) {
    char first = 0;
    std::ifstream(file.path) >> first;  // past white space
    return first == '[' ? each_of_array(file, whole(file), each) : each_in_row(file, each);
  }
  try {
    DocumentReader reader(file.path, file.compression);
    while (const auto document = reader.next()) each(*document);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::verification) throw;
    throw unusable(file, error.message());
  }
}

Bson read_seed_metadata(const SeedFile& file) { return read_json(file, whole(file)); }

}  // namespace tidegate::engine::mongodb
