#include "base/sync.hpp"

#include <unistd.h>

#include <cerrno>

namespace tidegate {

int sync_directory(int descriptor) noexcept {
  if (::fsync(descriptor) == 0) return 0;
  const int number = errno;
  const bool cannot = number == EINVAL || number == ENOTSUP || number == ENOSYS || number == EBADF;
  return cannot ? 0 : number;
}

}  // namespace tidegate
