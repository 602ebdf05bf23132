#pragma once

/// Tries whether archives can be written to a directory.

#include "archive/directory/files.hpp"
#include "base/run.hpp"

namespace tidegate::archive::directory {

/// Performs every step of publishing with a small file: write, lock, read back, protect, rename,
/// sync, remove. No file of it exists afterwards, whatever fails; files of probes whose process was
/// killed are removed, too. They appear in no listing.
/// @returns permissions that the file system keeps wider than wanted. @throws the failing step's.
std::optional<WideMode> probe(Run& run, const Files& place);

}  // namespace tidegate::archive::directory
