#include "support/places.hpp"

namespace tidegate::test {

std::filesystem::path source_directory() { return TIDEGATE_SOURCE_DIR; }
std::filesystem::path build_directory() { return TIDEGATE_BUILD_DIR; }
std::filesystem::path built_program() { return build_directory() / "tidegate"; }

}  // namespace tidegate::test
