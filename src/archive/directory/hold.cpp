#include "archive/directory/hold.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace tidegate::archive::directory {
namespace {

constexpr int k_flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

/// On NFS, an exclusive lock needs a file that is open for writing.
int open_for(const std::filesystem::path& archive, ArchiveHold::As as) {
  if (as == ArchiveHold::As::remover) {
    const int writable = ::open(archive.c_str(), O_RDWR | k_flags);
    if (writable >= 0) return writable;
  }
  return ::open(archive.c_str(), O_RDONLY | k_flags);
}

}  // namespace

ArchiveHold::ArchiveHold(const std::filesystem::path& archive, As as)
    : descriptor_(open_for(archive, as)) {
  if (descriptor_ < 0) return;
  const int how = as == As::reader ? LOCK_SH : LOCK_EX;
  refused_ = ::flock(descriptor_, how | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

ArchiveHold::~ArchiveHold() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

ArchiveHold::ArchiveHold(ArchiveHold&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), refused_(other.refused_) {}

}  // namespace tidegate::archive::directory
