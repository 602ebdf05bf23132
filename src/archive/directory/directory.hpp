#pragma once

/// An archive store in a directory of a file system.

#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "archive/archive.hpp"

namespace tidegate::archive {

/// Drafts are `<archive>.tmp` in the directory itself, so that publishing is a rename without
/// replacing, between two syncs. The lock is flock(2) on `.<database>.lock`; the kernel releases it
/// when the process dies. Files have mode 0600; a missing directory is created with mode 0700.
/// fetch() returns the archive itself, with a shared flock(2) on it, and remove() refuses to remove
/// an archive that is locked in this way. On a file system without such locks, retention can remove
/// an old archive while it is read. A file system without flock(2) at all is refused: error config.
/// One that does not let permissions be changed is accepted with a warning. Symbolic links count as
/// foreign, wherever they point. `before` is called before each change in the directory with the
/// step's name (`rename a.dump.tmp`), for tests that fail or die at that step.
std::unique_ptr<Store> directory_store(
    const std::filesystem::path& directory,
    const std::function<void(std::string_view step)>& before = {});

}  // namespace tidegate::archive
