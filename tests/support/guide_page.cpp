#include "support/guide_page.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace tidegate::test {
namespace {

constexpr std::string_view k_fence = "```";
constexpr std::string_view k_any = "…";

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

/// Piece by piece between the "any" marks, leftmost first: enough, since no mark has to give back.
bool matches(std::string_view pattern, std::string_view line) {
  auto mark = pattern.find(k_any);
  if (mark == std::string_view::npos) return pattern == line;
  if (!starts_with(line, pattern.substr(0, mark))) return false;
  line.remove_prefix(mark);
  while (true) {
    pattern.remove_prefix(mark + k_any.size());
    mark = pattern.find(k_any);
    const auto piece = pattern.substr(0, mark);
    if (mark == std::string_view::npos) {
      return line.size() >= piece.size() && line.substr(line.size() - piece.size()) == piece;
    }
    const auto at = line.find(piece);
    if (at == std::string_view::npos) return false;
    line.remove_prefix(at + piece.size());
  }
}

}  // namespace

std::string CodeBlock::text() const {
  std::string all;
  for (const auto& each : lines) all += each + '\n';
  return all;
}

std::vector<CodeBlock> code_blocks(const std::string& page) {
  std::vector<CodeBlock> blocks;
  std::istringstream lines(page);
  std::string line;
  bool inside = false;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (!starts_with(line, k_fence)) {
      if (inside) blocks.back().lines.push_back(line);
      continue;
    }
    inside = !inside;
    if (!inside) continue;
    auto& block = blocks.emplace_back();
    block.line = number;
    std::istringstream words(line.substr(k_fence.size()));
    words >> block.language >> block.engine;
  }
  EXPECT_FALSE(inside) << "the block that begins at line " << blocks.back().line
                       << " is never closed";
  return blocks;
}

std::string section_of(const std::string& page, const std::string& heading) {
  const auto level = heading.substr(0, heading.find(' ') + 1);
  std::string text;
  std::istringstream lines(page);
  bool inside = false, was_there = false;
  for (std::string line; std::getline(lines, line);) {
    if (starts_with(line, level)) inside = line == heading;
    was_there = was_there || inside;
    text += (inside ? line : "") + '\n';
  }
  EXPECT_TRUE(was_there) << "the page has no '" << heading << "'";
  return text;
}

std::string first_unseen(const std::vector<std::string>& expected, const std::string& seen) {
  std::istringstream lines(seen);
  std::string line;
  for (const auto& each : expected) {
    do {
      if (!std::getline(lines, line)) return each;
      line.erase(line.find_last_not_of(" \r") + 1);
    } while (!matches(each, line));
  }
  return {};
}

}  // namespace tidegate::test
