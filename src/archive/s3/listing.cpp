#include "archive/s3/listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "archive/name.hpp"
#include "archive/sidecar.hpp"

namespace tidegate::archive::s3 {
namespace {

constexpr std::string_view k_mark = ".tmp", k_sidecar = ".json", k_archive = ".dump";

std::optional<std::string> without(std::string_view name, std::string_view ending) {
  if (!name.ends_with(ending)) return std::nullopt;
  name.remove_suffix(ending.size());
  return std::string(name);
}

// All objects that belong to one archive's name.
struct Family {
  std::optional<Bytes> file;
  bool folder = false, sidecar = false, mark = false;
};

class Sorter {
 public:
  Sorter(Run& run, Bucket& bucket, const std::string& database)
      : run_(run), bucket_(bucket), database_(database) {}

  BucketScan look() {
    const auto names = bucket_.list(run_, "", Bucket::Depth::shallow);
    for (const auto& object : names.objects) place(object);
    for (const auto& folder : names.folders) place_folder(folder);
    for (const auto& [archive, family] : families_) judge(archive, family);
    for (auto& upload : bucket_.uploads(run_, encoded(database_) + "-")) {
      if (!is_ours(upload.name)) continue;
      look_.listing.unfinished.push_back(fmt::format("{} (an unfinished upload)", upload.name));
      look_.uploads.push_back(std::move(upload));
    }
    auto& archives = look_.listing.archives;
    std::sort(archives.begin(), archives.end(),
              [](const Entry& a, const Entry& b) { return a.taken < b.taken; });
    return std::move(look_);
  }

 private:
  bool is_ours(std::string_view archive) const {
    const auto parsed = parse_archive_name(archive);
    return parsed && parsed->database == database_;
  }

  void place(const Object& object) {
    const auto& name = object.name;
    const auto of_mark = without(name, k_mark), of_sidecar = without(name, k_sidecar);
    if (is_ours(name)) {
      families_[name].file = object.size;
    } else if (of_mark && is_ours(*of_mark)) {
      families_[*of_mark].mark = true;
    } else if (of_sidecar && is_ours(*of_sidecar + std::string(k_archive))) {
      families_[*of_sidecar + std::string(k_archive)].sidecar = true;
    } else if (!(name.starts_with('.') && name.ends_with(".lock"))) {
      look_.listing.strangers.push_back(name);
    }
  }

  void place_folder(const std::string& folder) {
    const auto name = folder.substr(0, folder.size() - 1);
    if (is_ours(name)) {
      families_[name].folder = true;
    } else {
      look_.listing.strangers.push_back(folder);
    }
  }

  void judge(const std::string& archive, const Family& family) {
    auto& listing = look_.listing;
    const bool data = family.file || family.folder;
    const auto entry = family.sidecar ? read_entry(archive) : std::nullopt;
    if (family.mark) listing.unfinished.push_back(mark_name(archive));
    if (!data) {
      if (entry) listing.unfinished.push_back(sidecar_name(archive));
      if (family.sidecar && !entry) listing.strangers.push_back(sidecar_name(archive));
    } else if (entry && entry->size == size_of(archive, family)) {
      listing.archives.push_back(*entry);
    } else if (family.mark && !family.sidecar && !family.file) {
      listing.unfinished.push_back(archive + "/");
    } else {
      listing.damaged.push_back(archive);
    }
  }

  std::optional<Entry> read_entry(const std::string& archive) {
    const auto sidecar = bucket_.read(run_, sidecar_name(archive));
    if (!sidecar) return std::nullopt;
    return read_sidecar(sidecar->body, archive, database_);
  }

  Bytes size_of(const std::string& archive, const Family& family) {
    if (!family.folder) return *family.file;
    Bytes sum;
    for (const auto& object : objects_of(run_, bucket_, archive)) sum += object.size;
    return sum;
  }

  Run& run_;
  Bucket& bucket_;
  const std::string& database_;
  std::map<std::string, Family> families_;
  BucketScan look_;
};

}  // namespace

std::string mark_name(std::string_view archive) {
  return std::string(archive) + std::string(k_mark);
}

BucketScan look_through(Run& run, Bucket& bucket, const std::string& database) {
  return Sorter(run, bucket, database).look();
}

std::vector<Object> objects_of(Run& run, Bucket& bucket, const std::string& archive) {
  std::vector<Object> found;
  for (auto& object : bucket.list(run, archive, Bucket::Depth::deep).objects) {
    if (object.name == archive || object.name.starts_with(archive + "/")) {
      found.push_back(std::move(object));
    }
  }
  return found;
}

}  // namespace tidegate::archive::s3
