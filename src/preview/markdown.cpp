#include "preview/markdown.hpp"

#include <algorithm>

namespace tidegate::preview {
namespace {

constexpr std::size_t k_longest_line = 200;
constexpr std::size_t k_longest_block = 4000;
constexpr std::string_view k_ellipsis = "…";
/// Word joiner (U+2060): invisible, and ends a name.
constexpr std::string_view k_joiner = "\xE2\x81\xA0";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// A continuation byte of UTF-8.
bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::size_t longest_run(std::string_view text, char of) {
  std::size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == of ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

std::string harmless(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '<':
        result += "‹";
        break;
      case '>':
        result += "›";
        break;
      case '@':
        result += '@';
        result += k_joiner;
        break;
      default:
        result += is_control(c) ? ' ' : c;
    }
  }
  return result;
}

}  // namespace

std::string cut_text(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  auto end = bytes - std::min(bytes, k_ellipsis.size());
  while (end > 0 && continues(text[end])) --end;
  text.resize(end);
  return text.append(k_ellipsis);
}

std::string as_code(std::string_view text) {
  auto inside = cut_text(harmless(text), k_longest_line);
  // Spaces alone are not code, and an empty code span does not exist.
  if (inside.find_first_not_of(' ') == std::string::npos) return "(empty)";
  const std::string fence(longest_run(inside, '`') + 1, '`');
  const bool pads = inside.front() == '`' || inside.back() == '`';
  return pads ? fence + " " + inside + " " + fence : fence + inside + fence;
}

std::string as_code_block(std::string_view text) {
  std::string inside;
  for (const char c : text) inside += is_control(c) && c != '\n' ? ' ' : c;
  inside = cut_text(std::move(inside), k_longest_block);
  while (inside.ends_with('\n')) inside.pop_back();
  const std::string fence(std::max<std::size_t>(3, longest_run(inside, '`') + 1), '`');
  return fence + "text\n" + inside + "\n" + fence;
}

}  // namespace tidegate::preview
