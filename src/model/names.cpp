#include "model/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <limits>

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/json_quote.hpp"

namespace tidegate {
namespace {

constexpr std::size_t k_longest_name = 63;
constexpr std::string_view k_preview = "pr-";

Error not_a_name(std::string_view text, EngineKind kind, std::string_view reason) {
  return {ErrorKind::config, fmt::format("'{}' is not a database name: {}", one_line(text), reason),
          kind == EngineKind::postgresql ? "a database name has 1 to 63 bytes and no NUL"
                                         : "a database name has 1 to 63 bytes and no space, NUL or "
                                           "any of / \\ . \" $ * < > : | ?"};
}

bool starts_like_a_preview(std::string_view text) {
  if (text.size() < k_preview.size()) return false;
  return std::equal(k_preview.begin(), k_preview.end(), text.begin(),
                    [](char a, char b) { return a == to_lower(b); });
}

}  // namespace

std::string_view to_text(EngineKind kind) {
  return kind == EngineKind::mongodb ? "mongodb" : "postgresql";
}

std::optional<EngineKind> parse_engine_kind(std::string_view text) {
  if (text == "mongodb") return EngineKind::mongodb;
  if (text == "postgresql") return EngineKind::postgresql;
  return std::nullopt;
}

DatabaseName::DatabaseName(std::string_view text, EngineKind kind) : text_(text) {
  static constexpr std::string_view k_forbidden("\0 /\\.\"$*<>:|?", 13);
  if (text.empty()) throw not_a_name(text, kind, "it is empty");
  if (text.size() > k_longest_name) {
    throw not_a_name(text, kind, fmt::format("it has {} bytes", text.size()));
  }
  const auto forbidden = kind == EngineKind::postgresql ? k_forbidden.substr(0, 1) : k_forbidden;
  const auto at = text.find_first_of(forbidden);
  if (at == std::string_view::npos) return;
  if (text[at] == '\0') throw not_a_name(text, kind, "it has a NUL byte in it");
  if (text[at] == ' ') throw not_a_name(text, kind, "it has a space in it");
  throw not_a_name(text, kind, fmt::format("it has a {} in it", text[at]));
}

bool same_database(const DatabaseName& a, const DatabaseName& b) {
  return std::equal(a.text().begin(), a.text().end(), b.text().begin(), b.text().end(),
                    [](char x, char y) { return to_lower(x) == to_lower(y); });
}

std::optional<PullNumber> PullNumber::parse(std::string_view digits) {
  if (digits.empty() || digits.size() > 10 || digits.front() == '0') return std::nullopt;
  std::int64_t number = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  if (number > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
  return PullNumber(static_cast<std::int32_t>(number));
}

NamePattern::NamePattern(std::string_view text, EngineKind kind) : text_(text), kind_(kind) {
  const auto at = text.find(k_number_mark);
  const bool once = at != std::string_view::npos &&
                    text.find(k_number_mark, at + k_number_mark.size()) == std::string_view::npos;
  if (!once) {
    throw Error(
        ErrorKind::config,
        fmt::format("the pattern '{}' must have {{number}} in it exactly once", one_line(text)),
        "write for example app_pr_{number}");
  }
  before_ = text.substr(0, at);
  after_ = text.substr(at + k_number_mark.size());
  try {
    const auto longest = std::to_string(std::numeric_limits<std::int32_t>::max());
    static_cast<void>(DatabaseName(before_ + longest + after_, kind_));
  } catch (Error& error) {
    throw error.prefixed(fmt::format("the pattern '{}' gives no valid name", one_line(text)));
  }
}

DatabaseName NamePattern::name_of(PullNumber number) const {
  return DatabaseName(before_ + std::to_string(number.value()) + after_, kind_);
}

std::optional<PullNumber> NamePattern::number_in(const DatabaseName& name) const {
  const std::string_view text = name.text();
  if (text.size() <= before_.size() + after_.size()) return std::nullopt;
  const auto middle = text.size() - before_.size() - after_.size();
  if (text.substr(0, before_.size()) != before_) return std::nullopt;
  if (text.substr(before_.size() + middle) != after_) return std::nullopt;
  return PullNumber::parse(text.substr(before_.size(), middle));
}

std::optional<TargetName> parse_target(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (!starts_like_a_preview(text)) return TargetName{std::string(text), std::nullopt};
  const auto rest = text.substr(k_preview.size());
  if (text.substr(0, k_preview.size()) == k_preview) {
    if (const auto number = PullNumber::parse(rest)) return TargetName{std::string(text), number};
  }
  // `pr-staging` is a name; with a digit of any script, a sign or a space there it is a mistake.
  const bool letter_follows =
      !rest.empty() && to_lower(rest.front()) >= 'a' && to_lower(rest.front()) <= 'z';
  if (!letter_follows) return std::nullopt;
  return TargetName{std::string(text), std::nullopt};
}

}  // namespace tidegate
