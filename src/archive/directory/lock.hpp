#pragma once

/// One writer of one database's archives in one directory, by flock(2): the kernel gives it back
/// when the process dies, so whoever has it knows that nobody else writes.

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "archive/archive.hpp"

namespace tidegate::archive::directory {

/// `.syrf.lock`; stays there, for who removes a lock file lets two in.
std::string lock_name(const std::string& database);

/// @throws Error conflict after `wait`: names the holder, as the lock file has it.
std::unique_ptr<Lock> take_lock(Run& run, const std::filesystem::path& directory,
                                const std::string& database, std::chrono::milliseconds wait);

}  // namespace tidegate::archive::directory
