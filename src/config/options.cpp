#include "config/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/bytes.hpp"
#include "base/duration.hpp"
#include "base/error.hpp"
#include "base/glob.hpp"
#include "model/schedule.hpp"

namespace tidegate::config {

namespace {

constexpr std::string_view k_file_suffix = "_file";

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool path_matches(std::string_view pattern, std::string_view path) {
  const auto wanted = split(pattern, '.');
  const auto found = split(path, '.');
  return std::equal(wanted.begin(), wanted.end(), found.begin(), found.end(),
                    [](auto a, auto b) { return a == "*" ? !b.empty() : a == b; });
}

/// A name with dots in it stands for several steps.
bool path_fits(std::string_view pattern, std::string_view path) {
  std::string wide;
  for (const char c : pattern) wide += c == '*' ? "?*" : std::string(1, c);
  return matches(wide, path);
}

const Option* exact_option(std::string_view path) {
  for (const auto& fits : {path_matches, path_fits}) {
    for (const auto& option : options()) {
      if (fits(option.path, path)) return &option;
    }
  }
  return nullptr;
}

bool contains_word(std::string_view words, char at, std::string_view word) {
  const auto all = split(words, at);
  return std::find(all.begin(), all.end(), word) != all.end();
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::string lowered(std::string_view text) {
  std::string result(text);
  for (auto& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

bool good_integer(const Option& option, std::string_view text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  return result.ec == std::errc() && result.ptr == end && number >= option.least &&
         number <= option.most;
}

/// `0` means "do not" where it is the default, and is a mistake elsewhere.
bool good_duration(const Option& option, std::string_view text) {
  const auto duration = parse_duration(text);
  return duration && (duration->count() > 0 || option.default_value == "0");
}

bool fits(const Option& option, std::string_view text) {
  switch (option.type) {
    case Type::integer:
      return good_integer(option, text);
    case Type::boolean:
      return parse_boolean(text).has_value();
    case Type::duration:
      return good_duration(option, text);
    case Type::size:
      return parse_bytes(text).has_value();
    case Type::choice:
      return contains_word(option.choices, '|', text);
    case Type::cron:
    case Type::text:
    case Type::secret:
    case Type::list:
    case Type::secrets:
      return !text.empty();
    case Type::map:
      return false;
  }
  return false;
}

/// `a, b` and before the last one `last`.
std::string listed(std::string_view choices, std::string_view last) {
  std::string text;
  const auto all = split(choices, '|');
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) text += i + 1 == all.size() ? last : ", ";
    text += all[i];
  }
  return text;
}

std::optional<std::string> schedule_complaint(const Option& option, std::string_view text) {
  try {
    const Schedule schedule(schedule_text(option, text));
    return std::nullopt;
  } catch (const Error& error) {
    return error.message();
  }
}

}  // namespace

std::string schedule_text(const Option& option, std::string_view text) {
  const bool named = !text.empty() && contains_word(option.choices, '|', text);
  return named ? fmt::format("@{}", text) : std::string(text);
}

std::vector<std::string> stand_ins(const Option& option) {
  std::vector<std::string> names;
  if (option.stands_in.empty()) return names;
  for (const auto name : split(option.stands_in, ' ')) names.emplace_back(name);
  return names;
}

bool is_stand_in(const Option& option, std::string_view where) {
  const auto names = stand_ins(option);
  return std::find(names.begin(), names.end(), where) != names.end();
}

const Option* find_option(std::string_view concrete_path) {
  if (const auto* option = exact_option(concrete_path)) return option;
  if (!concrete_path.ends_with(k_file_suffix)) return nullptr;
  concrete_path.remove_suffix(k_file_suffix.size());
  const auto* owner = exact_option(concrete_path);
  return owner != nullptr && owner->file_sibling == FileSibling::yes ? owner : nullptr;
}

std::string environment_name(std::string_view path) {
  std::string name = "TIDEGATE_";
  for (const char c : path) {
    const bool plain = (c >= '0' && c <= '9') || (upper(c) >= 'A' && upper(c) <= 'Z');
    name += plain ? upper(c) : '_';
  }
  return name;
}

std::vector<const Option*> flags_of(std::string_view command) {
  std::vector<const Option*> found;
  for (const auto& option : options()) {
    if (option.flag.empty()) continue;
    if (option.commands == "*" || contains_word(option.commands, ' ', command)) {
      found.push_back(&option);
    }
  }
  return found;
}

std::string value_name(const Option& option) {
  if (!option.metavar.empty()) return std::string(option.metavar);
  switch (option.type) {
    case Type::boolean:
      return {};
    case Type::integer:
      return "N";
    case Type::duration:
      return "DURATION";
    case Type::size:
      return "SIZE";
    case Type::cron:
      return "CRON";
    case Type::choice:
      return std::string(option.choices);
    default:
      return "TEXT";
  }
}

std::string expectation(const Option& option) {
  const auto or_else = [&](std::string_view other) {
    return option.example.empty() ? std::string(other) : std::string(option.example);
  };
  switch (option.type) {
    case Type::integer:
      return fmt::format("a whole number from {} to {}, such as {}", option.least, option.most,
                         or_else("1"));
    case Type::boolean:
      return "true or false";
    case Type::duration:
      return fmt::format("a duration{}, such as {}",
                         option.default_value == "0" ? "" : " longer than 0", or_else("30m"));
    case Type::size:
      return fmt::format("a size, such as {}", or_else("64MiB"));
    case Type::cron:
      return fmt::format("{}a cron expression of five fields, such as \"{}\"",
                         option.choices.empty() ? "" : listed(option.choices, ", ") + " or ",
                         or_else("0 3 * * 0"));
    case Type::choice:
      return "one of " + listed(option.choices, " or ");
    case Type::list:
    case Type::secrets:
      return fmt::format("a list, such as {}", or_else("[a, b]"));
    case Type::map:
      return "a section of keys of its own";
    default:
      return fmt::format("a text, such as {}", or_else("name"));
  }
}

std::optional<std::string> complaint(const Option& option, std::string_view text) {
  if (option.type == Type::cron && !text.empty()) return schedule_complaint(option, text);
  if (fits(option, text)) return std::nullopt;
  if (text.empty()) return fmt::format("has no value, expected {}", expectation(option));
  if (option.type == Type::secret || option.type == Type::secrets) {
    return fmt::format("expected {}", expectation(option));
  }
  return fmt::format("expected {}, found '{}'", expectation(option), text);
}

std::optional<bool> parse_boolean(std::string_view text) {
  const auto word = lowered(text);
  if (contains_word("true|yes|on|1", '|', word)) return true;
  if (contains_word("false|no|off|0", '|', word)) return false;
  return std::nullopt;
}

}  // namespace tidegate::config
