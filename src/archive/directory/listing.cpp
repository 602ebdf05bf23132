#include "archive/directory/listing.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>

#include "archive/directory/trouble.hpp"
#include "archive/name.hpp"
#include "archive/sidecar.hpp"

namespace tidegate::archive::directory {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_unfinished = ".tmp", k_sidecar = ".json", k_archive = ".dump";

std::vector<std::string> names_in(Run& run, const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator at(directory, error);
  if (error == std::errc::no_such_file_or_directory) return names;
  for (const fs::directory_iterator end; !error && at != end; at.increment(error)) {
    run.check();
    names.push_back(at->path().filename().string());
  }
  if (error) throw trouble(error.value(), "list", directory);
  std::sort(names.begin(), names.end());  // by time, for the archives of one database
  return names;
}

std::optional<std::string> without(std::string_view name, std::string_view ending) {
  if (!name.ends_with(ending)) return std::nullopt;
  name.remove_suffix(ending.size());
  return std::string(name);
}

class DirectoryScan {
 public:
  DirectoryScan(const Files& files, const std::string& database)
      : files_(files), database_(database) {}

  void at(const std::string& name) {
    if (is_archive(name)) {
      archive(name);
    } else if (is_unfinished(name) || is_lone_sidecar(name)) {
      listing_.unfinished.push_back(name);
    } else if (!is_companion(name)) {
      listing_.strangers.push_back(name);
    }
  }
  Listing take() { return std::move(listing_); }

 private:
  bool is_ours(std::string_view archive) const {
    const auto parsed = parse_archive_name(archive);
    return parsed && parsed->database == database_;
  }
  bool is_archive(std::string_view name) const {
    const auto type = is_ours(name) ? files_.type(name) : Type::none;
    return type == Type::file || type == Type::directory;
  }
  bool is_unfinished(std::string_view name) const {
    const auto plain = without(name, k_unfinished);
    if (!plain) return false;
    const auto type = files_.type(name);
    if (is_ours(*plain)) return type == Type::file || type == Type::directory;
    return type == Type::file && is_ours(archive_of(*plain));
  }
  bool is_lone_sidecar(std::string_view name) const {
    const auto archive = archive_of(name);
    if (!is_ours(archive) || files_.type(archive) != Type::none) return false;
    const auto text = files_.read(name);
    return text && read_sidecar(*text, archive, database_);
  }
  /// Whether it belongs to an existing archive, whatever its content, or is a lock file.
  bool is_companion(std::string_view name) const {
    if (name.starts_with('.') && name.ends_with(".lock")) return true;
    return is_archive(archive_of(name));
  }
  /// The archive of a sidecar's name; empty for any other name.
  static std::string archive_of(std::string_view name) {
    const auto plain = without(name, k_sidecar);
    return plain ? *plain + std::string(k_archive) : std::string();
  }
  void archive(const std::string& name) {
    const auto text = files_.read(sidecar_name(name));
    auto entry = text ? read_sidecar(*text, name, database_) : std::nullopt;
    if (entry && entry->size == files_.size(name)) {
      listing_.archives.push_back(std::move(*entry));
    } else {
      listing_.damaged.push_back(name);
    }
  }

  const Files& files_;
  const std::string& database_;
  Listing listing_;
};

}  // namespace

std::string unfinished_name(std::string_view name) {
  return std::string(name) + std::string(k_unfinished);
}

Listing look_through(Run& run, const Files& files, const std::string& database) {
  DirectoryScan look(files, database);
  for (const auto& name : names_in(run, files.directory())) {
    run.check();
    look.at(name);
  }
  return look.take();
}

}  // namespace tidegate::archive::directory
