#pragma once

/// One writer at a time for one database's archives in one directory, with flock(2): the kernel
/// releases the lock when the process dies, so its holder is the only writer.

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "archive/archive.hpp"

namespace tidegate::archive::directory {

/// `.syrf.lock`. The file is never removed: removing a lock file would let two writers in.
std::string lock_name(const std::string& database);

/// @throws Error conflict after `wait`; the message names the holder from the lock file.
std::unique_ptr<Lock> take_lock(Run& run, const std::filesystem::path& directory,
                                const std::string& database, std::chrono::milliseconds wait);

}  // namespace tidegate::archive::directory
