#include "archive/directory/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "archive/directory/trouble.hpp"
#include "base/sync.hpp"

namespace tidegate::archive::directory {
namespace {

namespace fs = std::filesystem;

constexpr mode_t k_private_file = 0600, k_private_directory = 0700;
constexpr std::uintmax_t k_longest_text = 256U << 20U;

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags, std::string_view doing, mode_t mode = 0)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
    if (number_ < 0) throw trouble(errno, doing, path);
  }
  ~Descriptor() { ::close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const noexcept { return number_; }

 private:
  int number_;
};

void write_all(const Descriptor& file, std::string_view text, const fs::path& path) {
  while (!text.empty()) {
    const auto count = ::write(file.number(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw trouble(errno, "write", path);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// File systems without permissions of their own refuse to change them (vfat, Azure Files), or
/// accept the change and ignore it (CIFS).
std::optional<WideMode> protect(int file, const fs::path& path, mode_t mode) {
  constexpr mode_t k_all = 07777;
  struct stat facts {};
  if (::fstat(file, &facts) == 0 && (facts.st_mode & k_all) == mode) return std::nullopt;
  if (::fchmod(file, mode) != 0) {
    const int number = errno;
    const bool cannot = number == EPERM || number == EACCES || number == ENOTSUP ||
                        number == ENOSYS || number == EINVAL;
    if (!cannot) throw trouble(number, "protect", path);
  }
  if (::fstat(file, &facts) != 0) throw trouble(errno, "protect", path);
  const mode_t found = facts.st_mode & k_all;
  if ((found & ~mode) == 0) return std::nullopt;
  return WideMode{path, found, mode};
}

std::optional<WideMode> sync_and_protect(const fs::path& path, int flags, mode_t mode) {
  const Descriptor opened(path, flags | O_NOFOLLOW, "open");
  auto wide = protect(opened.number(), path, mode);
  int failure = 0;
  if ((flags & O_DIRECTORY) != 0) {
    failure = sync_directory(opened.number());
  } else if (::fsync(opened.number()) != 0) {
    failure = errno;
  }
  if (failure != 0) throw trouble(failure, "write", path);
  return wide;
}

std::optional<WideMode> seal_path(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(fs::symlink_status(path, error))) {
    return sync_and_protect(path, O_RDONLY, k_private_file);
  }
  std::optional<WideMode> wide;
  for (const auto& below : fs::directory_iterator(path, error)) {
    auto found = seal_path(below.path());
    if (!wide) wide = std::move(found);
  }
  if (error) throw trouble(error.value(), "read", path);
  auto own = sync_and_protect(path, O_RDONLY | O_DIRECTORY, k_private_directory);
  return wide ? wide : own;
}

/// For file systems without RENAME_NOREPLACE (NFS): checks, then renames. The lock keeps other
/// writers from creating the name in between.
int rename_after_a_look(const fs::path& from, const fs::path& to) {
  struct stat facts {};
  if (::lstat(to.c_str(), &facts) == 0) return EEXIST;
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

}  // namespace

std::string WideMode::text() const {
  return fmt::format(
      "'{}' keeps mode {:04o} (wanted: {:04o}): the file system does not let it be "
      "changed, and other users of this machine may reach the archives",
      path.string(), mode, wanted);
}

Files::Files(fs::path directory, Before before)
    : directory_(std::move(directory)), before_(std::move(before)) {}

void Files::before(std::string_view what, std::string_view name) const {
  if (before_) before_(fmt::format("{} {}", what, name));
}

void Files::make_directory() const {
  struct stat facts {};
  if (::stat(directory_.c_str(), &facts) == 0) {
    if (!S_ISDIR(facts.st_mode)) throw trouble(ENOTDIR, "use", directory_);
    return;
  }
  if (errno != ENOENT) throw trouble(errno, "use", directory_);
  before("make", directory_.filename().string());
  std::error_code error;
  fs::create_directories(directory_.parent_path().empty() ? "." : directory_.parent_path(), error);
  if (error) throw trouble(error.value(), "make", directory_);
  if (::mkdir(directory_.c_str(), k_private_directory) != 0 && errno != EEXIST) {
    throw trouble(errno, "make", directory_);
  }
}

Type Files::type(std::string_view name) const {
  std::error_code error;
  switch (fs::symlink_status(path(name), error).type()) {
    case fs::file_type::not_found:
      return Type::none;
    case fs::file_type::regular:
      return Type::file;
    case fs::file_type::directory:
      return Type::directory;
    default:
      break;
  }
  if (error) throw trouble(error.value(), "look at", path(name));
  return Type::other;
}

Bytes Files::size(std::string_view name) const {
  std::error_code error;
  if (type(name) == Type::file) {
    const auto size = fs::file_size(path(name), error);
    return Bytes{error ? 0 : static_cast<std::int64_t>(size)};
  }
  Bytes sum;
  fs::recursive_directory_iterator at(path(name), error);
  for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    if (!fs::is_regular_file(at->symlink_status(gone))) continue;
    const auto size = at->file_size(gone);
    if (!gone) sum += Bytes{static_cast<std::int64_t>(size)};
  }
  return sum;
}

std::optional<std::string> Files::read(std::string_view name) const {
  std::error_code error;
  if (type(name) != Type::file || fs::file_size(path(name), error) > k_longest_text || error) {
    return std::nullopt;
  }
  std::ifstream file(path(name), std::ios::binary);
  if (!file) {
    if (type(name) == Type::none) return std::nullopt;
    throw trouble(EACCES, "read", path(name));
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void Files::write_new(std::string_view name, std::string_view text) const {
  before("write", name);
  const auto place = path(name);
  const Descriptor file(place, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, "write", k_private_file);
  write_all(file, text, place);
  if (::fsync(file.number()) != 0) throw trouble(errno, "write", place);
}

std::optional<WideMode> Files::seal(std::string_view name) const {
  before("seal", name);
  return seal_path(path(name));
}

void Files::sync() const {
  before("sync", directory_.filename().string());
  const Descriptor opened(directory_, O_RDONLY | O_DIRECTORY, "open");
  if (const int failure = sync_directory(opened.number()); failure != 0) {
    throw trouble(failure, "sync", directory_);
  }
}

bool Files::rename_new(std::string_view from, std::string_view to) const {
  before("rename", from);
  const auto old_path = path(from), new_path = path(to);
  int failure = 0;
  if (::renameat2(AT_FDCWD, old_path.c_str(), AT_FDCWD, new_path.c_str(), RENAME_NOREPLACE) != 0) {
    failure = errno;
  }
  if (failure == EINVAL || failure == ENOSYS || failure == ENOTSUP) {
    failure = rename_after_a_look(old_path, new_path);
  }
  if (failure == EEXIST) return false;
  if (failure != 0) throw trouble(failure, "rename", old_path);
  return true;
}

void Files::rename_over(std::string_view from, std::string_view to) const {
  before("rename", from);
  if (::rename(path(from).c_str(), path(to).c_str()) != 0) {
    throw trouble(errno, "rename", path(from));
  }
}

void Files::remove(std::string_view name) const {
  before("remove", name);
  std::error_code error;
  fs::remove_all(path(name), error);
  if (error) throw trouble(error.value(), "remove", path(name));
}

void Files::discard(std::string_view name) const noexcept {
  std::error_code error;
  fs::remove_all(path(name), error);
}

}  // namespace tidegate::archive::directory
