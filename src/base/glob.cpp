#include "base/glob.hpp"

#include <cstddef>

namespace tidegate {
namespace {

constexpr auto k_none = std::string_view::npos;

// One UTF-8 character, or one byte where the text is not valid UTF-8.
std::string_view character_at(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t wanted = first < 0xC0U ? 1 : first < 0xE0U ? 2 : first < 0xF0U ? 3 : 4;
  std::size_t length = 1;
  while (length < wanted && at + length < text.size() &&
         (static_cast<unsigned char>(text[at + length]) & 0xC0U) == 0x80U) {
    ++length;
  }
  return text.substr(at, length == wanted ? length : 1);
}

// Bytewise comparison of UTF-8 gives the order of the code points.
bool in_range(std::string_view c, std::string_view low, std::string_view high) {
  return low <= c && c <= high;
}

struct Step {
  std::size_t next;  // where matching continues in the glob
  bool fits;
};

// One member of a set: a character, escaped or not. `next` is npos at the end of the glob.
struct Member {
  std::string_view text;
  std::size_t next;
};

Member member_at(std::string_view glob, std::size_t at) {
  if (at < glob.size() && glob[at] == '\\' && at + 1 < glob.size()) ++at;
  if (at >= glob.size()) return {{}, k_none};
  const auto text = character_at(glob, at);
  return {text, at + text.size()};
}

// Matches the set `[…]` that begins at `at`; `next` is npos when the set is never closed.
Step match_set(std::string_view glob, std::size_t at, std::string_view c) {
  ++at;
  const bool inverted = at < glob.size() && (glob[at] == '!' || glob[at] == '^');
  if (inverted) ++at;
  bool found = false;
  for (bool first = true; at < glob.size(); first = false) {
    if (glob[at] == ']' && !first) return {at + 1, found != inverted};
    const auto low = member_at(glob, at);
    if (low.next == k_none) break;
    at = low.next;
    auto high = low;
    if (at + 1 < glob.size() && glob[at] == '-' && glob[at + 1] != ']') {
      high = member_at(glob, at + 1);
      if (high.next == k_none) break;
      at = high.next;
    }
    found = found || in_range(c, low.text, high.text);
  }
  return {k_none, false};
}

// Matches the element at `at`, which is not `*`, against one character.
Step match_one(std::string_view glob, std::size_t at, std::string_view c) {
  if (glob[at] == '?') return {at + 1, true};
  if (glob[at] == '[') {
    const auto set = match_set(glob, at, c);
    if (set.next != k_none) return set;
  }
  if (glob[at] == '\\' && at + 1 < glob.size()) ++at;
  const auto literal = character_at(glob, at);
  return {at + literal.size(), literal == c};
}

}  // namespace

bool matches(std::string_view glob, std::string_view name) {
  std::size_t g = 0, n = 0;
  // Only the last `*` ever has to be retried: everything before it already matches.
  std::size_t star = k_none, star_name = 0;
  while (n < name.size()) {
    const auto c = character_at(name, n);
    if (g < glob.size() && glob[g] == '*') {
      star = ++g;
      star_name = n;
      continue;
    }
    if (g < glob.size()) {
      const auto step = match_one(glob, g, c);
      if (step.fits) {
        g = step.next;
        n += c.size();
        continue;
      }
    }
    if (star == k_none) return false;
    g = star;
    star_name += character_at(name, star_name).size();
    n = star_name;
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

bool is_glob(std::string_view text) { return text.find_first_of("*?[\\") != k_none; }

}  // namespace tidegate
