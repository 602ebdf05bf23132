#pragma once

/// Classifies the entries of the directory.

#include <string>
#include <string_view>

#include "archive/archive.hpp"
#include "archive/directory/files.hpp"

namespace tidegate::archive::directory {

/// `a.dump` → `a.dump.tmp`: not published yet, or only partly removed.
std::string unfinished_name(std::string_view name);

/// Classifies every name in the directory, and reads the sidecars of this database.
Listing look_through(Run& run, const Files& files, const std::string& database);

}  // namespace tidegate::archive::directory
