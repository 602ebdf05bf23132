#pragma once

/// Archives in a directory of a file system.

#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "archive/archive.hpp"

namespace tidegate::archive {

/// Drafts are `<archive>.tmp` in the directory itself, so that publishing is a rename without
/// replacing, between two syncs. The lock is flock(2) on `.<database>.lock` there, which a process
/// that dies gives back. Files have mode 0600, the directory is made with 0700 where it is not
/// there.
///
/// What a reader has fetched is the archive itself, with a shared flock(2) on it; remove() leaves
/// such a one alone. Where the file system has no such locks an old one that retention removes
/// meanwhile is gone from under its reader. Symbolic links are strangers, wherever they point.
///
/// `before` is called before each change in the directory, by its name (`rename a.dump.tmp`), for
/// tests that fail or die there.
std::unique_ptr<Store> directory_store(
    const std::filesystem::path& directory,
    const std::function<void(std::string_view step)>& before = {});

}  // namespace tidegate::archive
