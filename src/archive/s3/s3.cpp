#include "archive/s3/s3.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <utility>

#include "archive/name.hpp"
#include "archive/s3/bucket.hpp"
#include "archive/s3/bucket_settings.hpp"
#include "archive/s3/digest.hpp"
#include "archive/s3/draft.hpp"
#include "archive/s3/listing.hpp"
#include "archive/s3/lock.hpp"
#include "archive/s3/probe.hpp"
#include "archive/sidecar.hpp"
#include "base/scratch_directory.hpp"

namespace tidegate::archive {
namespace s3 {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds, std::chrono::seconds;

class LocalCopy final : public LocalArchive {
 public:
  explicit LocalCopy(const std::string& name) : path_(scratch_.path() / name) {}
  const fs::path& path() const override { return path_; }

 private:
  ScratchDirectory scratch_{"archive"};
  fs::path path_;
};

// Writes an object's bytes to a file.
class Writer {
 public:
  explicit Writer(const fs::path& path) : path_(path) {
    fs::create_directories(path.parent_path());
    file_.open(path, std::ios::binary | std::ios::trunc);
    if (!file_) throw failed();
  }
  void operator()(std::string_view bytes) {
    if (!file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) throw failed();
  }
  void close() {
    file_.close();
    if (!file_) throw failed();
  }

 private:
  Error failed() const {
    return {errno == ENOSPC ? ErrorKind::no_space : ErrorKind::remote,
            fmt::format("cannot write '{}': {}; {} are free there", path_.string(),
                        std::strerror(errno), to_text(free_in_scratch_place())),
            "set TMPDIR to a directory with enough space for archives"};
  }
  fs::path path_;
  std::ofstream file_;
};

// A name from the store must not lead out of the directory into which it is written.
void refuse_to_leave(const std::string& name) {
  for (const auto& part : fs::path(name)) {
    if (part != ".." && part != "." && !part.empty()) continue;
    throw Error(ErrorKind::verification, fmt::format("'{}' is not a valid file name", name));
  }
}

std::string to_name(const Entry& entry, std::string_view database) {
  const auto parsed = parse_archive_name(entry.name);
  if (parsed && parsed->database == database) return entry.name;
  throw Error(ErrorKind::refused,
              fmt::format("'{}' is not an archive of '{}'", entry.name, database));
}

class ObjectStore final : public Store {
 public:
  ObjectStore(const ArchivePlan& plan, const S3Manner& manner)
      : shared_(std::make_shared<Bucket>(plan, manner)) {}

  std::string place() const override { return bucket_.address().place(); }

  void check(Run& run) override {
    const ScratchDirectory scratch("check");  // archives are written there before they are sent
    probe(run, bucket_);
  }

  std::vector<StoreRemark> remarks(Run& run) override { return settings_remarks(run, bucket_); }

  std::optional<Bytes> free_space(Run& run) override {
    run.check();
    return free_in_scratch_place();
  }

  std::unique_ptr<Lock> lock(Run& run, const std::string& database, milliseconds wait) override {
    return take_lock(run, shared_, database, wait);
  }

  Listing list(Run& run, const std::string& database) override {
    return look_through(run, bucket_, database).listing;
  }

  std::vector<std::string> clear_unfinished(Run& run, const std::string& database,
                                            Lock& lock) override {
    std::vector<std::string> said;
    const auto look = look_through(run, bucket_, database);
    for (const auto& upload : look.uploads) {
      lock.confirm(run);
      bucket_.abort_upload(run, upload);
      said.push_back(
          fmt::format("aborted an upload of '{}', left by an interrupted run", upload.name));
    }
    // The objects of a directory are removed before the mark that says that the directory is
    // incomplete.
    auto names = look.listing.unfinished;
    std::stable_partition(names.begin(), names.end(),
                          [](const std::string& name) { return name.ends_with('/'); });
    for (const auto& name : names) {
      if (name.ends_with(')')) continue;  // an upload
      lock.confirm(run);
      clear(run, name);
      said.push_back(fmt::format("removed '{}', left by an interrupted run", name));
    }
    return said;
  }

  std::unique_ptr<Draft> begin(Run& run, const std::string& database, SystemTime started,
                               Lock& lock) override {
    lock.confirm(run);
    auto second = std::chrono::floor<seconds>(started);
    while (is_there(run, archive_name(database, second))) {
      run.sleep(std::max<milliseconds>(milliseconds{1}, second + seconds{1} - run.clock().now()));
      second = std::max(second + seconds{1}, std::chrono::floor<seconds>(run.clock().now()));
    }
    return std::make_unique<ObjectDraft>(run, shared_, database, archive_name(database, second),
                                         lock);
  }

  std::unique_ptr<LocalArchive> fetch(Run& run, const Entry& entry) override {
    if (const auto free = free_in_scratch_place(); free < entry.size) {
      throw Error(ErrorKind::no_space,
                  fmt::format("'{}' has {}, and '{}' has only {} free", entry.name,
                              to_text(entry.size), scratch_place().string(), to_text(free)),
                  "set TMPDIR to a directory with enough space for archives");
    }
    auto copy = std::make_unique<LocalCopy>(entry.name);
    for (const auto& object : must_have(run, entry)) {
      const auto below = object.name.substr(entry.name.size());  // empty, or `/…`
      if (!below.empty()) refuse_to_leave(below.substr(1));
      Writer writer(copy->path().string() + below);
      bucket_.stream(run, object.name, std::ref(writer));
      writer.close();
    }
    compare(entry, sum_up(run, copy->path()));
    return copy;
  }

  void prove(Run& run, const Entry& entry) override {
    auto objects = must_have(run, entry);
    std::sort(objects.begin(), objects.end(),
              [](const Object& a, const Object& b) { return a.name < b.name; });
    FileChecksum sum;
    Digest list(Algorithm::sha256);
    for (const auto& object : objects) {
      Digest digest(Algorithm::sha256);
      bucket_.stream(run, object.name, [&](std::string_view bytes) {
        digest.add(bytes);
        sum.size += Bytes{static_cast<std::int64_t>(bytes.size())};
      });
      sum.sha256 = hex(digest.finish());
      if (object.name == entry.name) return compare(entry, sum);
      list.add(fmt::format("{}  {}\n", sum.sha256, object.name.substr(entry.name.size() + 1)));
    }
    sum.sha256 = hex(list.finish());
    compare(entry, sum);
  }

  void remove(Run& run, const std::string& database, const Entry& entry, Lock& lock) override {
    const auto name = to_name(entry, database);
    const auto objects = objects_of(run, bucket_, name);
    lock.confirm(run);
    const bool one = objects.size() == 1 && objects.front().name == name;
    if (one || objects.empty()) {
      bucket_.remove(run, name);
      return bucket_.remove(run, sidecar_name(name));
    }
    // From here on it does not count as an archive: a partly removed one must not be taken for a
    // complete one.
    bucket_.write(run, mark_name(name), {});
    bucket_.remove(run, sidecar_name(name));
    for (const auto& object : objects) bucket_.remove(run, object.name);
    bucket_.remove(run, mark_name(name));
  }

  void amend(Run& run, const Entry& entry, const Metadata& metadata, Lock& lock) override {
    must_have(run, entry);
    auto amended = entry;
    amended.metadata = metadata;
    lock.confirm(run);
    bucket_.write(run, sidecar_name(entry.name),
                  write_sidecar(parse_archive_name(entry.name)->database, amended));
  }

 private:
  bool is_there(Run& run, const std::string& archive) {
    const auto stem = archive.substr(0, archive.rfind('.') + 1);
    return !bucket_.list(run, stem, Bucket::Depth::deep).objects.empty();
  }

  void clear(Run& run, const std::string& name) {
    if (!name.ends_with('/')) return bucket_.remove(run, name);
    for (const auto& object : objects_of(run, bucket_, name.substr(0, name.size() - 1))) {
      bucket_.remove(run, object.name);
    }
  }

  std::vector<Object> must_have(Run& run, const Entry& entry) {
    auto objects = objects_of(run, bucket_, entry.name);
    if (!objects.empty() && parse_archive_name(entry.name)) return objects;
    throw Error(ErrorKind::not_found, fmt::format("'{}/{}' is gone", place(), entry.name),
                "'tidegate status' lists what there is");
  }

  void compare(const Entry& entry, const FileChecksum& sum) const {
    if (sum.sha256 == entry.sha256 && sum.size == entry.size) return;
    throw Error(
        ErrorKind::verification,
        fmt::format("'{}/{}' is damaged: SHA-256 should be {} over {}, is {} over {}", place(),
                    entry.name, entry.sha256, to_text(entry.size), sum.sha256, to_text(sum.size)),
        "take it from a copy elsewhere, or use another archive ('--from')");
  }

  std::shared_ptr<Bucket> shared_;  // locks and drafts may outlive the store
  Bucket& bucket_ = *shared_;
};

}  // namespace
}  // namespace s3

std::unique_ptr<Store> s3_store(const ArchivePlan& plan, const S3Manner& manner) {
  return std::make_unique<s3::ObjectStore>(plan, manner);
}

}  // namespace tidegate::archive
