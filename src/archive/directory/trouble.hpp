#pragma once

/// What a file system refuses, in words that mend it.

#include <filesystem>
#include <string_view>

#include "base/error.hpp"

namespace tidegate::archive::directory {

/// `number`: errno of the call. `doing`: `write`, `lock`. Permission says who this process is,
/// whose the place is, and which command mends it; a full disk says the sizes.
Error trouble(int number, std::string_view doing, const std::filesystem::path& path);

}  // namespace tidegate::archive::directory
