#include "archive/sidecar.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "archive/name.hpp"
#include "base/utc.hpp"
#include "model/metadata_json.hpp"

namespace tidegate::archive {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_piece = 1U << 20U;

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) fail();
  }
  void add(const void* data, std::size_t size) {
    if (EVP_DigestUpdate(context_.get(), data, size) != 1) fail();
  }
  std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_DigestFinal_ex(context_.get(), digest.data(), &size) != 1) fail();
    std::string text;
    for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest.at(i));
    return text;
  }

 private:
  [[noreturn]] static void fail() {
    throw Error(ErrorKind::internal, "OpenSSL cannot compute SHA-256");
  }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

Error unreadable(const fs::path& path, int number) {
  return {ErrorKind::remote,
          fmt::format("cannot read '{}': {}", path.string(), std::strerror(number))};
}

class Reader {
 public:
  explicit Reader(const fs::path& path)
      : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {
    if (descriptor_ < 0) throw unreadable(path_, errno);
  }
  ~Reader() { ::close(descriptor_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  std::size_t read(std::vector<char>& buffer) const {
    while (true) {
      const auto count = ::read(descriptor_, buffer.data(), buffer.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) throw unreadable(path_, errno);
    }
  }

 private:
  fs::path path_;
  int descriptor_;
};

FileChecksum sum_of_file(Run& run, const fs::path& path) {
  const Reader file(path);
  Sha256 digest;
  FileChecksum sum;
  std::vector<char> buffer(k_piece);
  while (const auto count = file.read(buffer)) {
    run.check();
    digest.add(buffer.data(), count);
    sum.size += Bytes{static_cast<std::int64_t>(count)};
  }
  sum.sha256 = digest.hex();
  return sum;
}

/// Relative paths, sorted. An archive that contains anything but files and directories is invalid.
std::vector<std::string> files_below(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  fs::recursive_directory_iterator at(directory, error);
  for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
    const auto type = at->symlink_status(error).type();
    if (error) break;
    if (type == fs::file_type::directory) continue;
    if (type != fs::file_type::regular) {
      throw Error(ErrorKind::verification,
                  fmt::format("'{}' is neither a file nor a directory", at->path().string()),
                  "an archive holds nothing else; take another one");
    }
    names.push_back(at->path().lexically_relative(directory).string());
  }
  if (error) throw unreadable(directory, error.value());
  std::sort(names.begin(), names.end());
  return names;
}

FileChecksum sum_of_directory(Run& run, const fs::path& directory) {
  Sha256 digest;
  FileChecksum sum;
  for (const auto& name : files_below(directory)) {
    const auto file = sum_of_file(run, directory / name);
    const auto line = fmt::format("{}  {}\n", file.sha256, name);
    digest.add(line.data(), line.size());
    sum.size += file.size;
  }
  sum.sha256 = digest.hex();
  return sum;
}

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

FileChecksum sum_up(Run& run, const fs::path& path) {
  run.check();
  std::error_code error;
  const auto type = fs::symlink_status(path, error).type();
  if (error) throw unreadable(path, error.value());
  return type == fs::file_type::directory ? sum_of_directory(run, path) : sum_of_file(run, path);
}

std::string write_sidecar(std::string_view database, const Entry& entry) {
  auto document = to_json(entry.metadata, Definitions::include);
  document["archive"] = {{"name", entry.name},
                         {"database", database},
                         {"format", entry.format},
                         {"bytes", entry.size.count},
                         {"sha256", entry.sha256}};
  if (entry.drilled) document["archive"]["drilled"] = to_rfc3339(*entry.drilled);
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::optional<Entry> read_sidecar(std::string_view text, std::string_view archive,
                                  std::string_view database) {
  const auto name = parse_archive_name(archive);
  if (!name || name->database != database) return std::nullopt;
  const auto document = nlohmann::ordered_json::parse(text, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  try {
    const auto& facts = document.at("archive");
    Entry entry{std::string(archive),
                name->taken,
                {facts.at("bytes").get<std::int64_t>()},
                facts.at("sha256").get<std::string>(),
                facts.at("format").get<std::string>(),
                metadata_from_json(document)};
    if (facts.contains("drilled")) {
      entry.drilled = parse_rfc3339(facts.at("drilled").get<std::string>());
    }
    if (facts.at("name") != archive || facts.at("database") != database) return std::nullopt;
    if (entry.metadata.status != Status::complete || !is_sha256(entry.sha256)) return std::nullopt;
    return entry;
  } catch (const nlohmann::ordered_json::exception&) {  // another form: not a sidecar of tidegate
  } catch (const Error&) {
  }
  return std::nullopt;
}

}  // namespace tidegate::archive
