#include "base/errno_kind.hpp"

#include <cerrno>

namespace tidegate {

ErrorKind kind_of_errno(int number) noexcept {
  switch (number) {
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorKind::permission;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return ErrorKind::no_space;
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG:
    case ENOEXEC:
      return ErrorKind::config;
    default:
      return ErrorKind::remote;
  }
}

}  // namespace tidegate
