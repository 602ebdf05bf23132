#pragma once

/// The disk that an archive is written to.

#include <filesystem>
#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace tidegate::engine::postgresql {

/// Of a file, or of all files in a directory. 0 where there is none yet.
Bytes size_on_disk(const std::filesystem::path& path);

/// Returns when everything in it, the names included, is on the disk.
/// @throws Error no_space, or remote with the system's words.
void put_on_disk(const std::filesystem::path& path);

/// Makes an empty file that others may not read, for pg_dump to fill.
/// @throws Error config: the directory is not writable (says whose it is and how to mend it), or
/// the file is there already.
void make_private_file(const std::filesystem::path& path);

/// Less is left than a program needs to write anything at all.
bool is_full(const std::filesystem::path& path);

/// `needed`: what is to be written at most, where that is known, else 0.
Error no_space_left(const std::filesystem::path& path, Bytes written, Bytes needed);

}  // namespace tidegate::engine::postgresql
