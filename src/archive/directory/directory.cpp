#include "archive/directory/directory.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "archive/directory/draft.hpp"
#include "archive/directory/files.hpp"
#include "archive/directory/hold.hpp"
#include "archive/directory/listing.hpp"
#include "archive/directory/lock.hpp"
#include "archive/directory/probe.hpp"
#include "archive/directory/trouble.hpp"
#include "archive/name.hpp"
#include "archive/sidecar.hpp"

namespace tidegate::archive {
namespace directory {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds, std::chrono::seconds;

class ArchiveInPlace final : public LocalArchive {
 public:
  ArchiveInPlace(fs::path path, ArchiveHold hold)
      : path_(std::move(path)), hold_(std::move(hold)) {}
  const fs::path& path() const override { return path_; }

 private:
  fs::path path_;
  ArchiveHold hold_;
};

Error gone(const fs::path& path) {
  return {ErrorKind::not_found, fmt::format("'{}' is gone", path.string()),
          "'tidegate status' lists what there is"};
}

bool is_there(const Files& files, const std::string& archive) {
  const auto sidecar = sidecar_name(archive);
  for (const auto& name : {archive, unfinished_name(archive), sidecar, unfinished_name(sidecar)}) {
    if (files.type(name) != Type::none) return true;
  }
  return false;
}

class DirectoryStore final : public Store {
 public:
  explicit DirectoryStore(Files files) : files_(std::move(files)) {}

  std::string place() const override { return files_.directory().string(); }

  void check(Run& run) override {
    run.check();
    files_.make_directory();
    wide_ = probe(run, files_);
  }

  std::vector<StoreRemark> remarks(Run& run) override {
    run.check();
    if (!wide_) return {};
    return {{wide_->text(),
             "mount it with narrower modes: file_mode=0600,dir_mode=0700 (CIFS, Azure Files), or "
             "umask=077 (vfat, exfat)"}};
  }

  std::optional<Bytes> free_space(Run& run) override {
    run.check();
    struct statvfs facts {};
    auto path = fs::absolute(files_.directory());
    while (::statvfs(path.c_str(), &facts) != 0) {
      if (errno != ENOENT || !path.has_relative_path()) return std::nullopt;
      path = path.parent_path();
    }
    if (facts.f_blocks == 0) return std::nullopt;  // file systems over object stores do not know
    return Bytes{static_cast<std::int64_t>(facts.f_bavail * facts.f_frsize)};
  }

  std::unique_ptr<Lock> lock(Run& run, const std::string& database, milliseconds wait) override {
    files_.make_directory();
    return take_lock(run, files_.directory(), database, wait);
  }

  Listing list(Run& run, const std::string& database) override {
    return look_through(run, files_, database);
  }

  std::vector<std::string> clear_unfinished(Run& run, const std::string& database,
                                            Lock& lock) override {
    std::vector<std::string> said;
    for (const auto& name : list(run, database).unfinished) {
      lock.confirm(run);
      said.push_back(fmt::format("removed '{}' ({}), left by an interrupted run", name,
                                 to_text(files_.size(name))));
      files_.remove(name);
    }
    return said;
  }

  std::unique_ptr<Draft> begin(Run& run, const std::string& database, SystemTime started,
                               Lock& lock) override {
    lock.confirm(run);
    auto second = std::chrono::floor<seconds>(started);
    while (is_there(files_, archive_name(database, second))) {
      run.sleep(std::max<milliseconds>(milliseconds{1}, second + seconds{1} - run.clock().now()));
      second = std::max(second + seconds{1}, std::chrono::floor<seconds>(run.clock().now()));
    }
    return std::make_unique<DirectoryDraft>(files_, database, archive_name(database, second), lock);
  }

  std::unique_ptr<LocalArchive> fetch(Run& run, const Entry& entry) override {
    auto path = files_.path(entry.name);
    ArchiveHold hold(path, ArchiveHold::As::reader);
    if (hold.refused()) throw gone(path);
    prove(run, entry);
    return std::make_unique<ArchiveInPlace>(std::move(path), std::move(hold));
  }

  void prove(Run& run, const Entry& entry) override {
    if (files_.type(entry.name) == Type::none) throw gone(files_.path(entry.name));
    const auto sum = sum_up(run, files_.path(entry.name));
    if (sum.sha256 == entry.sha256 && sum.size == entry.size) return;
    throw Error(ErrorKind::verification,
                fmt::format("'{}' is damaged: SHA-256 should be {} over {}, is {} over {}",
                            files_.path(entry.name).string(), entry.sha256, to_text(entry.size),
                            sum.sha256, to_text(sum.size)),
                "take it from a copy elsewhere, or use another archive ('--from')");
  }

  void remove(Run& run, const std::string& database, const Entry& entry, Lock& lock) override {
    const auto parsed = parse_archive_name(entry.name);
    if (!parsed || parsed->database != database) {
      throw Error(ErrorKind::refused,
                  fmt::format("'{}' is not an archive of '{}'", entry.name, database));
    }
    lock.confirm(run);
    const auto type = files_.type(entry.name);
    if (type == Type::other) {
      throw Error(ErrorKind::refused,
                  fmt::format("'{}' is neither a file nor a directory: it was left alone",
                              files_.path(entry.name).string()));
    }
    const ArchiveHold hold(files_.path(entry.name), ArchiveHold::As::remover);
    if (hold.refused()) {
      throw Error(ErrorKind::conflict,
                  fmt::format("'{}' is being read: it was left alone", entry.name));
    }
    if (type == Type::directory) {
      // Without its first file it would no longer be an archive, so it is renamed before its
      // contents are removed.
      files_.remove(unfinished_name(entry.name));
      files_.rename_over(entry.name, unfinished_name(entry.name));
      files_.sync();
      files_.remove(unfinished_name(entry.name));
    } else {
      files_.remove(entry.name);
    }
    files_.sync();
    files_.remove(sidecar_name(entry.name));
    files_.sync();
  }

  void amend(Run& run, const Entry& entry, const Metadata& metadata, Lock& lock) override {
    const auto parsed = parse_archive_name(entry.name);
    lock.confirm(run);
    if (!parsed || files_.type(entry.name) == Type::none) {
      throw Error(ErrorKind::not_found,
                  fmt::format("'{}' is gone", files_.path(entry.name).string()));
    }
    auto amended = entry;
    amended.metadata = metadata;
    const auto sidecar = sidecar_name(entry.name);
    files_.remove(unfinished_name(sidecar));
    files_.write_new(unfinished_name(sidecar), write_sidecar(parsed->database, amended));
    files_.rename_over(unfinished_name(sidecar), sidecar);
    files_.sync();
  }

 private:
  Files files_;
  std::optional<WideMode> wide_;  // found by check()
};

}  // namespace
}  // namespace directory

std::unique_ptr<Store> directory_store(const std::filesystem::path& directory,
                                       const std::function<void(std::string_view)>& before) {
  return std::make_unique<directory::DirectoryStore>(directory::Files(directory, before));
}

}  // namespace tidegate::archive
