#pragma once

/// The disk that an archive is written to.

#include <filesystem>
#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace tidegate::engine::postgresql {

/// The size of a file, or of all files in a directory. 0 where it does not exist yet.
Bytes size_on_disk(const std::filesystem::path& path);

/// Returns when the file or directory, with the names in it, is synced to the disk.
/// @throws Error no_space, or remote with the system's message.
void put_on_disk(const std::filesystem::path& path);

/// Creates an empty file that other users cannot read, for pg_dump to fill.
/// @throws Error config: the directory is not writable (the hint says how to fix it), or the file
/// exists already.
void make_private_file(const std::filesystem::path& path);

/// Whether so little space is left that a program cannot write at all.
bool is_full(const std::filesystem::path& path);

/// `needed`: the most that will be written, where that is known, else 0.
Error no_space_left(const std::filesystem::path& path, Bytes written, Bytes needed);

}  // namespace tidegate::engine::postgresql
