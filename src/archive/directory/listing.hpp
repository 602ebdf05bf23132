#pragma once

/// Which of a directory's files are what.

#include <string>
#include <string_view>

#include "archive/archive.hpp"
#include "archive/directory/files.hpp"

namespace tidegate::archive::directory {

/// `a.dump` → `a.dump.tmp`: what is not published yet, or not removed to the end.
std::string unfinished_name(std::string_view name);

/// Looks at every name in the directory, and into the sidecars of this database.
Listing look_through(Run& run, const Files& files, const std::string& database);

}  // namespace tidegate::archive::directory
