#include "engine/postgresql/archive/disk.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/errno_kind.hpp"
#include "base/sync.hpp"

namespace tidegate::engine::postgresql {
namespace {

namespace fs = std::filesystem;

struct Space {
  Bytes free, total;
};

Space space_of(const fs::path& path) {
  struct statvfs disk {};
  if (::statvfs(path.parent_path().c_str(), &disk) != 0) return {};
  const auto block = static_cast<std::int64_t>(disk.f_frsize);
  return {Bytes{static_cast<std::int64_t>(disk.f_bavail) * block},
          Bytes{static_cast<std::int64_t>(disk.f_blocks) * block}};
}

bool is_no_space(int number) { return number == ENOSPC || number == EDQUOT || number == EFBIG; }

void sync_one(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  int number = descriptor < 0 ? errno : 0;
  std::error_code none;
  if (number == 0 && fs::is_directory(path, none)) {
    number = sync_directory(descriptor);
  } else if (number == 0 && ::fsync(descriptor) != 0) {
    number = errno;
  }
  if (descriptor >= 0) ::close(descriptor);
  if (number == 0) return;
  if (is_no_space(number)) throw no_space_left(path, size_on_disk(path), Bytes{});
  throw Error(ErrorKind::remote, fmt::format("cannot sync '{}' to the disk: {}", path.string(),
                                             std::strerror(number)));
}

}  // namespace

Bytes size_on_disk(const fs::path& path) {
  std::error_code none;
  if (!fs::is_directory(path, none)) {
    const auto size = fs::file_size(path, none);
    return Bytes{none ? 0 : static_cast<std::int64_t>(size)};
  }
  Bytes sum;
  for (const auto& each : fs::directory_iterator(path, none)) sum += size_on_disk(each.path());
  return sum;
}

void put_on_disk(const fs::path& path) {
  if (fs::is_directory(path)) {
    for (const auto& each : fs::directory_iterator(path)) sync_one(each.path());
  }
  sync_one(path);
  sync_one(path.parent_path());
}

void make_private_file(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (descriptor >= 0) {
    ::close(descriptor);
    return;
  }
  const int number = errno;
  if (is_no_space(number)) throw no_space_left(path, Bytes{}, Bytes{});
  throw Error(
      kind_of_errno(number),
      fmt::format("cannot create '{}': {}", path.string(), std::strerror(number)),
      fmt::format("make '{}' writable for uid {}", path.parent_path().string(), ::geteuid()));
}

bool is_full(const fs::path& path) {
  constexpr std::int64_t k_nothing = 64 * 1024;
  const auto space = space_of(path);
  return space.total.count > 0 && space.free.count < k_nothing;
}

Error no_space_left(const fs::path& path, Bytes written, Bytes needed) {
  const auto space = space_of(path);
  const auto folder = path.parent_path().string();
  auto text = fmt::format("no space left for the archive in '{}': {} written, {} of {} free",
                          folder, to_text(written), to_text(space.free), to_text(space.total));
  if (needed.count > 0) text += fmt::format("; the database has {}", to_text(needed));
  return Error(ErrorKind::no_space, std::move(text),
               fmt::format("free space in '{}', keep fewer archives ('snapshot.keep'), or write "
                           "them elsewhere",
                           folder));
}

}  // namespace tidegate::engine::postgresql
