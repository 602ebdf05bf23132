#include "engine/mongodb/archive/archive_files.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

namespace tidegate::engine::mongodb {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view k_unescaped =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~$&+:=@";
constexpr std::size_t k_longest_stem = 238;  // 255 less `.metadata.json.gz`
constexpr std::size_t k_cut_behind = 30;     // `%24` and the base64 of a SHA-1
constexpr std::string_view k_documents = ".bson";
constexpr std::string_view k_metadata = ".metadata.json";
// A document may have 16 MiB, and the server's own additions to it 16 KiB more.
constexpr std::uint32_t k_largest_document = 16 * 1024 * 1024 + 16 * 1024;
constexpr std::uint32_t k_smallest_document = 5;

std::string escaped(std::string_view name) {
  std::string text;
  for (const char each : name) {
    if (k_unescaped.find(each) != std::string_view::npos) {
      text += each;
    } else {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(each));
    }
  }
  return text;
}

std::string base64url(ByteView bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  unsigned bits = 0;
  int count = 0;
  for (const auto byte : bytes) {
    bits = (bits << 8U | byte) & 0xFFFFFFU;
    for (count += 8; count >= 6; count -= 6) {
      text += digits[bits >> static_cast<unsigned>(count - 6) & 63U];
    }
  }
  if (count > 0) text += digits[bits << static_cast<unsigned>(6 - count) & 63U];
  return text;
}

std::string_view ending(Compression compression) {
  if (compression == Compression::zstd) return ".zst";
  return compression == Compression::gzip ? ".gz" : "";
}

std::string cut(std::string_view collection, std::size_t longest) {
  const auto text = escaped(collection);
  if (text.size() <= longest) return text;
  std::array<std::uint8_t, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(collection.data()), collection.size(), digest.data());
  return text.substr(0, longest - k_cut_behind) + "%24" + base64url(digest);
}

/// `.zst` is a byte longer than what mongodump reckons with.
std::string stem_for(std::string_view collection, Compression compression) {
  return cut(collection, k_longest_stem - (compression == Compression::zstd ? 1 : 0));
}

Error wrong(const std::string& file, const std::string& how) {
  return Error(ErrorKind::verification,
               fmt::format("'{}' in the archive is not as it should be: {}", file, how),
               "take another archive; nothing was published");
}

std::vector<std::filesystem::directory_entry> entries_of(const std::filesystem::path& directory) {
  std::error_code error;
  std::vector<std::filesystem::directory_entry> entries;
  std::filesystem::directory_iterator each(directory, error);
  for (; !error && each != std::filesystem::directory_iterator(); each.increment(error)) {
    entries.push_back(*each);
  }
  if (error) {
    throw Error(ErrorKind::remote,
                fmt::format("cannot list '{}': {}", directory.string(), error.message()));
  }
  return entries;
}

/// The one directory of the archive, with the name of the database that it was made of.
std::filesystem::path database_in(const std::filesystem::path& archive, const std::string& name) {
  std::optional<std::filesystem::path> found;
  for (const auto& entry : entries_of(archive)) {
    const auto file = entry.path().filename().string();
    if (file != name) throw wrong(file, "it does not belong there");
    if (!std::filesystem::is_directory(entry.symlink_status())) {
      throw wrong(file, "it is no directory");
    }
    found = entry.path();
  }
  if (!found) throw wrong(name, "it is missing");
  return *found;
}

std::set<std::string> files_for(const ArchiveFiles& files, const Metadata& recorded) {
  std::set<std::string> names;
  for (const auto& content : recorded.contents) {
    names.insert(files.metadata(content.name).filename().string());
    if (content.type != "view") names.insert(files.documents(content.name).filename().string());
  }
  return names;
}

/// By the first of its files; the others have to be like it.
Compression compression_of(const std::set<std::string>& there) {
  const auto ends = [&](std::string_view with) {
    return !there.empty() && std::string_view(*there.begin()).ends_with(with);
  };
  if (ends(ending(Compression::zstd))) return Compression::zstd;
  return ends(ending(Compression::gzip)) ? Compression::gzip : Compression::none;
}

void compare_names(const std::set<std::string>& wanted, const std::set<std::string>& there) {
  for (const auto& name : there) {
    if (wanted.count(name) == 0) throw wrong(name, "it does not belong there");
  }
  for (const auto& name : wanted) {
    if (there.count(name) == 0) throw wrong(name, "it is missing");
  }
}

std::string read_text(const std::filesystem::path& path, Compression compression) {
  FileReader file(path, compression);
  std::string text;
  std::array<std::uint8_t, 16 * 1024> part{};
  while (const auto count = file.read(part)) {
    text.append(reinterpret_cast<const char*>(part.data()), count);
    if (text.size() > k_largest_document) throw file.damaged("it is too long for what it is");
  }
  return text;
}

/// Everything but the UUID, which is not part of a definition.
void compare_definition(const ArchiveFiles& files, const Content& content) {
  const auto path = files.metadata(content.name);
  const auto found =
      Json::parse(read_text(path, files.compression), nullptr, /*allow_exceptions=*/false);
  const auto wanted =
      Json::parse(metadata_json(Definition::read(content.definition), content.name, {}));
  for (const auto* key : {"options", "indexes", "collectionName", "type"}) {
    if (!found.is_object() || found.value(key, Json()) != wanted.at(key)) {
      throw wrong(path.filename().string(),
                  fmt::format("its '{}' is not the one that the archive's metadata names", key));
    }
  }
}

std::uint32_t length_in(const std::array<std::uint8_t, 4>& bytes) {
  return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8U |
         static_cast<std::uint32_t>(bytes[2]) << 16U | static_cast<std::uint32_t>(bytes[3]) << 24U;
}

}  // namespace

Compression decided(Compression compression) {
  return compression == Compression::automatic ? Compression::zstd : compression;
}

std::string_view name_of(Compression compression) {
  switch (decided(compression)) {
    case Compression::gzip:
      return "gzip";
    case Compression::none:
      return "none";
    default:
      return "zstd";
  }
}

std::string file_stem(std::string_view collection) { return cut(collection, k_longest_stem); }

std::filesystem::path ArchiveFiles::documents(std::string_view collection) const {
  return directory /
         fmt::format("{}{}{}", stem_for(collection, compression), k_documents, ending(compression));
}

std::filesystem::path ArchiveFiles::metadata(std::string_view collection) const {
  return directory /
         fmt::format("{}{}{}", stem_for(collection, compression), k_metadata, ending(compression));
}

std::string metadata_json(const Definition& definition, const std::string& collection,
                          const std::string& uuid) {
  Bson text = doc("options", definition.options);
  text.add_array("indexes", Bson::array(definition.indexes));
  if (!uuid.empty()) text.add("uuid", std::string_view(uuid));
  text.add("collectionName", std::string_view(collection));
  return text.add("type", std::string_view(definition.type)).json();
}

ArchiveFiles open_archive(const std::filesystem::path& archive, const Metadata& recorded) {
  ArchiveFiles files{database_in(archive, recorded.source), Compression::none};
  std::set<std::string> there;
  for (const auto& entry : entries_of(files.directory)) {
    there.insert(entry.path().filename().string());
  }
  files.compression = compression_of(there);
  compare_names(files_for(files, recorded), there);
  for (const auto& content : recorded.contents) compare_definition(files, content);
  return files;
}

std::optional<ByteView> DocumentReader::next() {
  std::array<std::uint8_t, 4> head{};
  const auto got = file_.read(head);
  if (got == 0) return std::nullopt;
  ++number_;
  if (got < head.size()) throw damaged(fmt::format("it ends within document {}", number_));
  const auto length = length_in(head);
  if (length < k_smallest_document || length > k_largest_document) {
    throw damaged(fmt::format("document {} says to be {} bytes long", number_, length));
  }
  document_.resize(length);
  std::copy(head.begin(), head.end(), document_.begin());
  const auto rest = std::span(document_).subspan(head.size());
  if (file_.read(rest) < rest.size()) {
    throw damaged(fmt::format("it ends within document {}", number_));
  }
  // Only the frame is checked here: the checksum proves the inside, and the server validates it.
  if (document_.back() != 0) throw damaged(fmt::format("document {} is no BSON", number_));
  return ByteView(document_);
}

}  // namespace tidegate::engine::mongodb
