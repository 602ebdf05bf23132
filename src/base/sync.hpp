#pragma once

/// Directories whose entries are to outlast a crash.

namespace tidegate {

/// fsync(2) of an open directory. It counts as done where the file system cannot sync directories
/// (CIFS, some of FUSE). @returns 0, or the number of the failure.
int sync_directory(int descriptor) noexcept;

}  // namespace tidegate
