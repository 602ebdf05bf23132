#pragma once

#include "base/error.hpp"

namespace tidegate {

/// The error kind for an errno of a local system call. It decides whether a run is tried again:
/// `permission` (EACCES, EPERM, EROFS), `no_space` (ENOSPC, EDQUOT, EFBIG) and `config` (the path
/// does not exist or has the wrong type) are final. All others, such as a lack of memory, processes
/// or descriptors, may pass: `remote`.
ErrorKind kind_of_errno(int number) noexcept;

}  // namespace tidegate
