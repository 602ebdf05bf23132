#include "base/secret.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <optional>

namespace tidegate {
namespace {

constexpr std::string_view k_hidden = "***";
constexpr std::size_t k_shortest = 4;
constexpr auto k_npos = std::string_view::npos;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte encoded by the two hex digits at `at`; -1 when they are not hex digits.
int hex_byte(std::string_view text, std::size_t at) {
  if (at + 2 > text.size()) return -1;
  const int high = hex_value(text[at]), low = hex_value(text[at + 1]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

char json_escape_of(char c) {
  switch (c) {
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '"':
    case '\\':
    case '/':
      return c;
    default:
      return '\0';
  }
}

// Appends the end position of each spelling of the byte `c` that begins at `at`.
void spellings(std::string_view text, std::size_t at, char c, std::vector<std::size_t>& ends) {
  if (at >= text.size()) return;
  const int byte = static_cast<unsigned char>(c);
  if (text[at] == c) ends.push_back(at + 1);
  if (text[at] == '+' && c == ' ') ends.push_back(at + 1);
  if (text[at] == '%' && hex_byte(text, at + 1) == byte) ends.push_back(at + 3);
  if (text[at] != '\\' || at + 1 >= text.size()) return;
  const char escape = json_escape_of(c);
  if (escape != '\0' && text[at + 1] == escape) ends.push_back(at + 2);
  if (text.substr(at + 1, 3) == "u00" && hex_byte(text, at + 4) == byte) ends.push_back(at + 6);
}

// The end of `secret` when it begins at `at` in any spelling; npos otherwise. A byte may have
// several readings (`%` and `%25`), so all of them are followed at once.
std::size_t match_end(std::string_view text, std::size_t at, std::string_view secret) {
  std::vector<std::size_t> positions{at}, next;
  for (const char c : secret) {
    next.clear();
    for (const auto position : positions) spellings(text, position, c, next);
    if (next.empty()) return k_npos;
    std::sort(next.begin(), next.end());
    next.erase(std::unique(next.begin(), next.end()), next.end());
    positions.swap(next);
  }
  return positions.back();
}

std::string hide_known(std::string_view text, const std::vector<std::string>& known) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = k_npos;
    for (const auto& secret : known) {
      const char first = text[at];
      if (first != secret.front() && first != '%' && first != '\\' && first != '+') continue;
      end = match_end(text, at, secret);
      if (end != k_npos) break;
    }
    if (end == k_npos) {
      out += text[at++];
    } else {
      out += k_hidden;
      at = end;
    }
  }
  return out;
}

std::string hide_between_marks(std::string text, const std::vector<std::string>& marked) {
  for (const auto& password : marked) {
    const auto inner = std::string_view(password).substr(1, password.size() - 2);
    for (auto at = text.find(':'); at != k_npos; at = text.find(':', at + 1)) {
      const auto end = match_end(text, at + 1, inner);
      if (end == k_npos || end >= text.size() || text[end] != '@') continue;
      text.replace(at + 1, end - at - 1, k_hidden);
    }
  }
  return text;
}

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

bool ends_a_scheme(std::string_view text, std::size_t colon) {
  return colon > 0 && std::isalnum(static_cast<unsigned char>(text[colon - 1])) != 0;
}

// Whether the text before white space is the port of `host:27017` and not a password.
bool reads_as_port(std::string_view rest) {
  const auto end = rest.find_first_not_of("0123456789");
  return end == k_npos || end > 0 || is_space(rest[0]);
}

// The `@` that ends the password beginning at `begin`; npos when there is none. A password that
// should have been encoded may contain any character, so this hides too much rather than too
// little: it takes the last `@` before white space, or before a quote or `?` that follows the first
// `@`.
std::size_t password_end(std::string_view text, std::size_t begin) {
  const auto first = text.find('@', begin);
  if (first == k_npos) return k_npos;
  const auto space = static_cast<std::size_t>(
      std::find_if(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), is_space) -
      text.begin());
  if (first > space) {
    const bool other_line = text.substr(begin, first - begin).find('\n') != k_npos;
    return other_line || reads_as_port(text.substr(begin)) ? k_npos : first;
  }
  const auto limit = std::min(space, text.find_first_of("\"'<>?", first));
  const auto limited = text.substr(0, std::min(limit, text.find("://", first)));
  return limited.rfind('@');
}

// Hides the password of any `scheme://user:password@`, learnt or not.
std::string hide_in_uris(std::string text) {
  for (auto at = text.find("://"); at != k_npos; at = text.find("://", at + 3)) {
    if (!ends_a_scheme(text, at)) continue;
    const auto begin = at + 3;
    const auto colon = text.find_first_of(":@/?# \t\r\n", begin);
    if (colon == k_npos || text[colon] != ':') continue;
    const auto end = password_end(text, colon + 1);
    if (end == k_npos || end <= colon + 1) continue;
    text.replace(colon + 1, end - colon - 1, k_hidden);
  }
  return text;
}

bool names_a_secret(std::string_view key) {
  std::string folded(key);
  for (char& c : folded) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const auto* word : {"password", "passwd", "token", "secret", "mechanismproperties"}) {
    if (folded.find(word) != std::string::npos) return true;
  }
  return false;
}

std::vector<std::string_view> secret_parameters(std::string_view uri) {
  std::vector<std::string_view> values;
  const auto question = uri.find('?');
  if (question == k_npos) return values;
  auto query = uri.substr(question + 1);
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (equals != k_npos && names_a_secret(pair.substr(0, equals))) {
      values.push_back(pair.substr(equals + 1));
    }
  }
  return values;
}

// One `keyword = value` of libpq's connection strings. The value is as written: in quotes, or up to
// white space; a backslash escapes the next byte.
struct Pair {
  std::string_view keyword, value;
};

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

// The end of the value that begins at `at`: its closing quote, white space, or the end of the text.
template <typename Ends>
std::size_t value_end(std::string_view text, std::size_t at, Ends ends) {
  while (at < text.size() && !ends(text[at])) at += text[at] == '\\' ? 2 : 1;
  return std::min(at, text.size());
}

// Removes the first pair from the text and returns it; nothing when there is none.
std::optional<Pair> take_pair(std::string_view& text) {
  const auto begin = skip_space(text, 0);
  const auto equals = text.find('=', begin);
  if (equals == k_npos) return std::nullopt;
  auto keyword = text.substr(begin, equals - begin);
  while (!keyword.empty() && is_space(keyword.back())) keyword.remove_suffix(1);
  auto at = skip_space(text, equals + 1);
  const bool quoted = at < text.size() && text[at] == '\'';
  if (quoted) ++at;
  const auto end = quoted ? value_end(text, at, [](char c) { return c == '\''; })
                          : value_end(text, at, is_space);
  const Pair pair{keyword, text.substr(at, end - at)};
  text.remove_prefix(std::min(text.size(), end + (quoted ? 1 : 0)));
  return pair;
}

std::string without_backslashes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    out += text[at];
  }
  return out;
}

// Hides the value of any `password=value`, learnt or not; it hides too much rather than too little.
std::string hide_after_keywords(std::string text) {
  static constexpr std::string_view k_word = "password";
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  for (auto from = text.begin();;) {
    from = std::search(from, text.end(), k_word.begin(), k_word.end(), same);
    if (from == text.end()) return text;
    from += static_cast<std::ptrdiff_t>(k_word.size());
    auto at = skip_space(text, static_cast<std::size_t>(from - text.begin()));
    if (at >= text.size() || text[at] != '=') continue;
    at = skip_space(text, at + 1);
    const bool quoted = at < text.size() && text[at] == '\'';
    if (quoted) ++at;
    const auto end = value_end(text, at, [&](char c) {
      return quoted ? c == '\'' : is_space(c) || c == '"' || c == '\'';
    });
    if (end > at) text.replace(at, end - at, k_hidden);
    from = text.begin() + static_cast<std::ptrdiff_t>(std::min(text.size(), at));
  }
}

}  // namespace

void Redactor::learn(const Secret& secret) {
  learn_text(secret.reveal());
  if (secret.reveal().find("://") != std::string::npos) learn_uri(secret);
}

void Redactor::learn_uri(const Secret& secret) {
  const std::string_view uri = secret.reveal();
  const auto scheme = uri.find("://");
  if (scheme == k_npos || uri.substr(0, scheme).find('=') != k_npos) return learn_pairs(secret);
  const auto authority = scheme + 3;
  const auto last_at = uri.rfind('@');
  const bool has_user = last_at != k_npos && last_at >= authority;
  if (has_user) {
    const auto colon = uri.find(':', authority);
    // A delimiter that should have been encoded makes the end ambiguous: all readings are learnt.
    // libpq uses the first '@'.
    const auto authority_end = std::min(uri.find_first_of("/?#", authority), uri.size());
    const auto inner_at = uri.substr(0, authority_end).rfind('@');
    const auto first_at = uri.find('@', authority);
    for (const auto end : {inner_at, last_at, first_at}) {
      if (end == k_npos || colon == k_npos || colon + 1 >= end || end < authority) continue;
      learn_password(uri.substr(colon + 1, end - colon - 1));
    }
  }
  const auto parameters = secret_parameters(uri);
  for (const auto value : parameters) {
    learn_text(std::string(value));
    learn_text(percent_decode(value));
  }
  if (has_user || !parameters.empty()) learn_text(secret.reveal());
}

void Redactor::learn_pairs(const Secret& secret) {
  std::string_view rest = secret.reveal();
  bool any = false, holds_a_secret = false;
  while (const auto pair = take_pair(rest)) {
    any = true;
    if (!names_a_secret(pair->keyword) || pair->value.empty()) continue;
    holds_a_secret = true;
    learn_text(std::string(pair->value));
    learn_text(without_backslashes(pair->value));
  }
  if (holds_a_secret || !any) learn_text(secret.reveal());
}

void Redactor::learn_password(std::string_view raw) {
  for (auto text : {std::string(raw), percent_decode(raw)}) {
    if (text.size() >= k_shortest) {
      learn_text(std::move(text));
    } else {
      const std::lock_guard lock(mutex_);
      short_passwords_.push_back(":" + text + "@");
    }
  }
}

void Redactor::learn_text(std::string text) {
  if (text.size() < k_shortest) return;
  const std::lock_guard lock(mutex_);
  if (std::find(known_.begin(), known_.end(), text) != known_.end()) return;
  const auto place = std::find_if(known_.begin(), known_.end(), [&](const std::string& other) {
    return other.size() < text.size();
  });
  known_.insert(place, std::move(text));
}

std::string Redactor::clean(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  return hide_after_keywords(
      hide_in_uris(hide_between_marks(hide_known(text, known_), short_passwords_)));
}

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view k_hex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (alphanumeric || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += k_hex[byte >> 4U];
      out += k_hex[byte & 15U];
    }
  }
  return out;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int byte = text[at] == '%' ? hex_byte(text, at + 1) : -1;
    if (byte < 0) {
      out += text[at];
    } else {
      out += static_cast<char>(byte);
      at += 2;
    }
  }
  return out;
}

}  // namespace tidegate
