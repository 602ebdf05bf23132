#include "support/large_schema.hpp"

#include <fmt/format.h>

#include "support/places.hpp"
#include "support/program.hpp"

namespace tidegate::test {
namespace {

constexpr int k_areas = 6;

/// A file with words in the place of those in braces.
std::string schema(const std::string& name,
                   const std::vector<std::pair<std::string, std::string>>& words = {}) {
  auto text = read_text(source_directory() / "tests/support/schemas" / (name + ".sql"));
  for (const auto& [word, value] : words) {
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
      text.replace(at, word.size(), value);
    }
  }
  return text;
}

}  // namespace

std::vector<std::string> large_schema(int version, const std::string& reader) {
  std::vector<std::string> parts{schema("shop"), schema("forum"), schema("rental")};
  for (int area = 1; area <= k_areas; ++area) {
    parts.push_back(schema("area", {{"{area}", std::to_string(area)}, {"{reader}", reader}}));
  }
  parts.push_back(schema("odd"));
  for (const int since : {14, 15, 17, 18}) {
    if (version >= since) parts.push_back(schema(fmt::format("since_{}", since)));
  }
  return parts;
}

std::string superusers_schema(int version, const std::string& owner) {
  auto text = schema("superuser", {{"{owner}", owner}});
  return version < 15 ? text : text + schema("superuser_since_15");
}

}  // namespace tidegate::test
