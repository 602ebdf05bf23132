#include "support/golden.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "support/places.hpp"

namespace tidegate::test {

void expect_golden(const std::string& name, const std::string& text) {
  const auto path = source_directory() / "tests/golden" / name;
  if (std::getenv("TIDEGATE_GOLDEN_WRITE")) {
    std::ofstream(path, std::ios::binary) << text;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is not there; './dev golden' writes it";
  std::stringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(text, expected.str()) << path << " differs; './dev golden' writes it again";
}

}  // namespace tidegate::test
