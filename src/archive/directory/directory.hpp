#pragma once

/// Archives in a directory of a file system.

#include <filesystem>
#include <memory>

#include "archive/archive.hpp"

namespace tidegate::archive {

/// Drafts are `<archive>.tmp` in the directory itself, so that publishing is a rename without
/// replacing, between two syncs. The lock is flock(2) on `.<database>.lock` there, which a process
/// that dies gives back. Files have mode 0600, the directory is made with 0700 where it is not
/// there.
std::unique_ptr<Store> directory_store(const std::filesystem::path& directory);

}  // namespace tidegate::archive
