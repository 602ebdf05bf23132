#pragma once

#include "base/error.hpp"

namespace tidegate {

/// What an errno of this machine means to whoever decides whether a run is tried again:
/// `permission` (EACCES, EPERM, EROFS), `no_space` (ENOSPC, EDQUOT, EFBIG), `config` (a name that
/// leads nowhere or to something else); all others, like a want of memory, processes or
/// descriptors, may pass: `remote`.
ErrorKind kind_of_errno(int number) noexcept;

}  // namespace tidegate
