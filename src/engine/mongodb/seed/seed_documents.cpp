#include "engine/mongodb/seed/seed_documents.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <exception>
#include <memory>
#include <system_error>

#include "engine/mongodb/archive/archive_files.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr auto k_what_to_do = "correct 'previews.seed.file', then run the command again";

/// Damage of an archive's file is here damage of seed data.
template <class Work>
auto reading(const SeedFile& file, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::verification) throw;
    throw unusable(file, error.message());
  }
}

/// The file itself, where the name is a link to it: those of a mounted ConfigMap are.
std::filesystem::path resolved(const SeedFile& file) {
  std::error_code failed;
  auto path = std::filesystem::canonical(file.path, failed);
  if (failed) throw unusable(file, failed.message());
  return path;
}

std::string whole(const SeedFile& file) {
  return reading(file, [&] {
    FileReader in(resolved(file), file.compression);
    std::string text;
    std::array<std::uint8_t, 16 * 1024> part{};
    while (const auto count = in.read(part)) {
      text.append(reinterpret_cast<const char*>(part.data()), count);
    }
    return text;
  });
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
                   const std::function<bool(ByteView)>& each) {
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
    if (!each({data, size})) return;
  }
}

/// The bytes of a file for the library's reader, which knows no exceptions.
struct JsonSource {
  FileReader file;
  std::exception_ptr failure;
};

ssize_t read_some(void* handle, std::uint8_t* to, std::size_t size) {
  auto& source = *static_cast<JsonSource*>(handle);
  try {
    return static_cast<ssize_t>(source.file.read({to, size}));
  } catch (const Error&) {
    source.failure = std::current_exception();
    return -1;
  }
}

void each_in_row(const SeedFile& file, const std::function<bool(ByteView)>& each) {
  constexpr std::size_t k_buffer_size = 16 * 1024;
  JsonSource source{FileReader(resolved(file), file.compression), {}};
  const std::unique_ptr<bson_json_reader_t, decltype(&bson_json_reader_destroy)> reader(
      bson_json_reader_new(&source, read_some, nullptr, /*allow_multiple=*/true, k_buffer_size),
      &bson_json_reader_destroy);
  bson_error_t error{};
  Scratch document;
  for (int number = 1;; ++number) {
    const int read = bson_json_reader_read(reader.get(), document.cleared(), &error);
    if (source.failure) std::rethrow_exception(source.failure);
    if (read < 0) throw unusable(file, fmt::format("document {}: {}", number, error.message));
    if (read == 0 || !each(document.bytes())) return;
  }
}

void each_in_bson(const SeedFile& file, const std::function<bool(ByteView)>& each) {
  DocumentReader reader(resolved(file), file.compression);
  for (auto document = reader.next(); document && each(*document);) document = reader.next();
}

/// The first character past white space; 0 when there is none.
char first_of(const SeedFile& file) {
  FileReader in(resolved(file), file.compression);
  std::array<std::uint8_t, 1> each{};
  while (in.read(each) == each.size()) {
    const auto character = static_cast<char>(each[0]);
    if (std::isspace(static_cast<unsigned char>(character)) == 0) return character;
  }
  return 0;
}

}  // namespace

Error unusable(const SeedFile& file, std::string_view why) {
  return {ErrorKind::config,
          fmt::format("cannot read the seed data '{}': {}", file.path.string(), why), k_what_to_do};
}

void each_document(const SeedFile& file, const std::function<bool(ByteView)>& each) {
  reading(file, [&] {
    if (file.form == SeedFile::Form::bson) return each_in_bson(file, each);
    return first_of(file) == '[' ? each_of_array(file, whole(file), each) : each_in_row(file, each);
  });
}

Bson read_seed_metadata(const SeedFile& file) { return read_json(file, whole(file)); }

}  // namespace tidegate::engine::mongodb
