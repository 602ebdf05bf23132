#include "config/value.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace tidegate::config {

namespace {

bool name_character(char c, bool first) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  return letter || (!first && c >= '0' && c <= '9');
}

bool is_database_name_text(std::string_view name) {
  if (name.empty()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!name_character(name[i], i == 0)) return false;
  }
  return true;
}

/// A piece of a template: plain text, or a variable.
struct TemplatePart {
  std::string_view text;  ///< plain, or what stands between the braces
  bool variable = false;
  bool open = false;  ///< a variable without its closing brace
};

/// Cuts the first piece off `rest`.
TemplatePart next_piece(std::string_view& rest) {
  if (rest.starts_with("$${")) {
    const TemplatePart piece{rest.substr(1, 2)};
    rest.remove_prefix(3);
    return piece;
  }
  if (rest.starts_with("${")) {
    rest.remove_prefix(2);
    const auto end = rest.find('}');
    const TemplatePart piece{rest.substr(0, end), true, end == std::string_view::npos};
    rest.remove_prefix(piece.open ? rest.size() : end + 1);
    return piece;
  }
  const auto end = std::min(rest.find("$${", 1), rest.find("${", 1));
  const TemplatePart piece{rest.substr(0, end)};
  rest.remove_prefix(piece.text.size());
  return piece;
}

struct Reference {
  std::string_view name;
  std::optional<std::string_view> fallback;
};

Reference reference_in(std::string_view inside) {
  const auto at = inside.find(":-");
  if (at == std::string_view::npos) return {inside, std::nullopt};
  return {inside.substr(0, at), inside.substr(at + 2)};
}

Error missing_variable(std::string_view name, std::string_view key, std::string_view where) {
  return Error(ErrorKind::config,
               fmt::format("the variable '{}' is not set, which '{}' ({}) needs", name, key, where),
               fmt::format("set it, or write ${{{}:-default}} to have a default", name),
               fmt::format("{} {}", where, key));
}

}  // namespace

int Value::line() const {
  if (origin.source != Source::file) return 0;
  const auto digits = origin.where.substr(origin.where.rfind(':') + 1);
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

Environment process_environment() {
  Environment all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

bool has_variables(std::string_view text) {
  while (!text.empty()) {
    if (next_piece(text).variable) return true;
  }
  return false;
}

std::string as_shown(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const auto piece = next_piece(text);
    const auto fallback = piece.variable ? reference_in(piece.text).fallback : piece.text;
    shown += fallback && !fallback->empty() ? *fallback : std::string_view(&k_variable_mark, 1);
  }
  return shown;
}

std::optional<std::string> template_complaint(std::string_view text) {
  while (!text.empty()) {
    const auto piece = next_piece(text);
    if (!piece.variable) continue;
    if (piece.open) return "'${' has no closing brace; write '$${' for the characters themselves";
    const auto name = reference_in(piece.text).name;
    if (!is_database_name_text(name)) {
      return "'${…}' holds no name of a variable: letters, digits and '_' are allowed";
    }
  }
  return std::nullopt;
}

ValueOrError<std::string> expand(std::string_view text, const Environment& environment,
                                 std::string_view key, std::string_view where) {
  if (const auto wrong = template_complaint(text)) {
    throw Error(ErrorKind::config, fmt::format("{}: {}: {}", where, key, *wrong), {},
                fmt::format("{} {}", where, key));
  }
  std::string result;
  while (!text.empty()) {
    const auto piece = next_piece(text);
    if (!piece.variable) {
      result += piece.text;
      continue;
    }
    const auto [name, fallback] = reference_in(piece.text);
    const auto found = environment.find(std::string(name));
    const bool set = found != environment.end() && !(fallback && found->second.empty());
    if (!set && !fallback) return {std::nullopt, missing_variable(name, key, where)};
    result += set ? std::string_view(found->second) : *fallback;
  }
  return {std::move(result), std::nullopt};
}

}  // namespace tidegate::config
