#pragma once

/// Where the project's files and its built programs are.

#include <filesystem>

namespace tidegate::test {

std::filesystem::path source_directory();
std::filesystem::path build_directory();
/// The `tidegate` of this build.
std::filesystem::path built_program();

}  // namespace tidegate::test
