#include "base/scratch_directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "base/errno_kind.hpp"
#include "base/error.hpp"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

Error trouble(int number, const fs::path& path) {
  return {kind_of_errno(number),
          fmt::format("cannot make a directory in '{}': {}", path.string(), std::strerror(number)),
          "set TMPDIR to a directory for temporary files that this user can write"};
}

// The lock is on the directory itself: a lock file in it could be taken for part of the archive.
int hold(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return -1;
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  ::close(fd);
  return -1;
}

bool is_ours(const fs::path& path, const std::string& name) {
  struct stat facts {};
  return path.filename().string().starts_with(name) && ::lstat(path.c_str(), &facts) == 0 &&
         S_ISDIR(facts.st_mode) && facts.st_uid == ::geteuid();
}

void clear_dead(const fs::path& place, const std::string& name) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(place, ignored)) {
    if (!is_ours(entry.path(), name)) continue;
    const int fd = hold(entry.path());
    if (fd < 0) continue;  // alive
    fs::remove_all(entry.path(), ignored);
    ::close(fd);
  }
}

}  // namespace

fs::path scratch_place() {
  const char* named = std::getenv("TMPDIR");
  return named != nullptr && *named != '\0' ? fs::path(named) : fs::path("/tmp");
}

Bytes free_in_scratch_place() {
  struct statvfs facts {};
  if (::statvfs(scratch_place().c_str(), &facts) != 0) return {};
  return {static_cast<std::int64_t>(facts.f_bavail * facts.f_frsize)};
}

ScratchDirectory::ScratchDirectory(std::string_view purpose) {
  const auto name = fmt::format("tidegate-{}-", purpose);
  clear_dead(scratch_place(), name);
  // Another process may remove the directory before this one holds its lock: create a new one then.
  while (held_ < 0) {
    auto pattern = (scratch_place() / fmt::format("{}XXXXXX", name)).string();
    if (::mkdtemp(pattern.data()) == nullptr) throw trouble(errno, scratch_place());
    path_ = pattern;
    held_ = hold(path_);
    if (held_ >= 0 && ::access(path_.c_str(), F_OK) == 0) return;
    if (held_ >= 0) ::close(std::exchange(held_, -1));
  }
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  ::close(held_);
}

}  // namespace tidegate
