#pragma once

/// Errors for refused file system calls, with the way to fix them.

#include <filesystem>
#include <string_view>

#include "base/error.hpp"

namespace tidegate::archive::directory {

/// `number`: errno of the call. `doing`: `write`, `lock`. For a missing permission, the message
/// names this process's user and the owner, and the hint names the command that fixes it. For a
/// full disk, the message has the sizes.
Error trouble(int number, std::string_view doing, const std::filesystem::path& path);

}  // namespace tidegate::archive::directory
