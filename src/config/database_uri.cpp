#include "config/database_uri.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace tidegate::config {

namespace {

constexpr std::array<std::string_view, 2> k_schemes{"postgresql://", "postgres://"};
constexpr std::string_view k_space = " \t\n\r\f\v";
constexpr std::string_view k_database = "dbname";

std::string_view without_scheme(std::string_view uri) {
  for (const auto scheme : k_schemes) {
    if (uri.starts_with(scheme)) return uri.substr(scheme.size());
  }
  return {};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

std::optional<std::string> unless_empty(std::optional<std::string> text) {
  if (!text || text->empty()) return std::nullopt;
  return text;
}

/// Calls `each(key, value)` for the pairs of `a=b&c=d`.
template <typename Each>
void for_parameters(std::string_view query, const Each& each) {
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos) each(pair.substr(0, equals), pair.substr(equals + 1));
  }
}

/// The last `dbname`; an empty text where there is none.
std::string_view database_parameter(std::string_view query) {
  std::string_view found;
  for_parameters(query, [&](std::string_view key, std::string_view value) {
    if (key == k_database) found = value;
  });
  return found;
}

/// User and password end at the first '@', unless a '/' comes before it: they have no bare '/'.
std::string_view without_user(std::string_view rest) {
  const auto user_end = rest.find_first_of("@/");
  if (user_end != std::string_view::npos && rest[user_end] == '@') rest.remove_prefix(user_end + 1);
  return rest;
}

/// The query without the values that may hold an '@'.
std::string query_without_free_text(std::string_view query) {
  constexpr std::array<std::string_view, 8> k_free{
      "user", "password", "host", "options", "application_name", "passfile", "sslkey", "sslcert"};
  std::string rest;
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto key = pair.substr(0, pair.find('='));
    if (std::find(k_free.begin(), k_free.end(), key) == k_free.end()) rest += pair;
  }
  return rest;
}

std::optional<std::string> in_uri(std::string_view rest) {
  rest = without_user(rest);
  const auto hosts_end = rest.find_first_of("/?");
  if (hosts_end == std::string_view::npos) return std::nullopt;
  rest.remove_prefix(hosts_end);
  const auto question = rest.find('?');
  const auto query =
      question == std::string_view::npos ? std::string_view() : rest.substr(question + 1);
  if (const auto named = database_parameter(query); !named.empty())
    return unless_empty(decoded(named));
  if (rest.front() == '?') return std::nullopt;
  return unless_empty(decoded(rest.substr(1, question - 1)));
}

void skip_space(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(k_space), rest.size()));
}

/// `'my ''db'` or `mydb`, where `\` takes the next character as it is. Nothing when a quote is
/// never closed.
std::optional<std::string> take_value(std::string_view& rest) {
  const bool quoted = rest.starts_with('\'');
  if (quoted) rest.remove_prefix(1);
  std::string value;
  while (!rest.empty()) {
    char c = rest.front();
    if (!quoted && k_space.find(c) != std::string_view::npos) return value;
    rest.remove_prefix(1);
    if (quoted && c == '\'') return value;
    if (c == '\\' && !rest.empty()) {
      c = rest.front();
      rest.remove_prefix(1);
    }
    value += c;
  }
  if (quoted) return std::nullopt;
  return value;
}

/// Calls `each(keyword, value)` for the pairs of `a=b c='d e'`. @returns whether it is well formed.
template <typename Each>
bool for_keywords(std::string_view rest, const Each& each) {
  for (skip_space(rest); !rest.empty(); skip_space(rest)) {
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos) return false;
    auto keyword = rest.substr(0, equals);
    keyword = keyword.substr(0, keyword.find_first_of(k_space));
    rest.remove_prefix(equals + 1);
    skip_space(rest);
    auto value = take_value(rest);
    if (!value) return false;
    each(keyword, std::move(*value));
  }
  return true;
}

std::optional<std::string> in_pairs(std::string_view rest) {
  std::optional<std::string> found;
  const bool good = for_keywords(rest, [&](std::string_view keyword, std::string value) {
    if (keyword == k_database) found = std::move(value);
  });
  return good ? unless_empty(std::move(found)) : std::nullopt;
}

/// libpq's and MongoDB's, which takes names in any case.
bool is_password(std::string_view key) {
  auto name = decoded(key).value_or(std::string(key));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name.ends_with("password") || name == "oauth_client_secret" || name == "scram_client_key";
}

/// The text between the first ':' and the '@'.
std::optional<std::string_view> password_of_user(std::string_view rest) {
  const auto authority = rest.substr(0, rest.find('/'));
  const auto at = authority.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  const auto user = authority.substr(0, at);
  const auto colon = user.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return user.substr(colon + 1);
}

}  // namespace

bool is_postgresql_uri(std::string_view uri) {
  if (!without_scheme(uri).empty()) return true;
  return uri.find("://") == std::string_view::npos && uri.find('=') != std::string_view::npos;
}

bool has_stray_at(std::string_view uri) {
  const auto rest = without_user(without_scheme(uri));
  const auto question = std::min(rest.find('?'), rest.size());
  const auto query = rest.substr(std::min(rest.size(), question + 1));
  return rest.substr(0, question).find('@') != std::string_view::npos ||
         query_without_free_text(query).find('@') != std::string::npos;
}

std::optional<std::string> database_in(std::string_view uri) {
  if (!is_postgresql_uri(uri)) return std::nullopt;
  const auto rest = without_scheme(uri);
  return rest.empty() ? in_pairs(uri) : in_uri(rest);
}

std::vector<std::string> passwords_in(std::string_view uri) {
  std::vector<std::string> found;
  const auto take = [&](std::string_view key, std::string_view value) {
    if (is_password(key)) found.emplace_back(value);
  };
  const auto scheme = uri.find("://");
  if (scheme == std::string_view::npos || uri.find('=') < scheme) {
    for_keywords(uri, take);
    return found;
  }
  const auto rest = uri.substr(scheme + 3);
  if (const auto password = password_of_user(rest)) found.emplace_back(*password);
  if (const auto question = rest.find('?'); question != std::string_view::npos) {
    for_parameters(rest.substr(question + 1), take);
  }
  return found;
}

}  // namespace tidegate::config
