#include "engine/postgresql/copy/schema_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace tidegate::engine::postgresql {
namespace {

constexpr auto k_text_end = std::string_view::npos;

std::string in_quotes(std::string_view role) {
  std::string text = "\"";
  for (const char c : role) text += c == '"' ? std::string(2, c) : std::string(1, c);
  return text + '"';
}

/// pg_dump quotes a role where it must.
bool ends_with_role(std::string_view line, std::string_view before, std::string_view role) {
  return line.ends_with(fmt::format("{}{};", before, role)) ||
         line.ends_with(fmt::format("{}{};", before, in_quotes(role)));
}

bool gives_to(std::string_view line, std::string_view role) {
  constexpr std::string_view k_option = " WITH GRANT OPTION;";
  if (role.empty()) return false;
  std::string plain(line);
  if (line.ends_with(k_option)) plain.replace(line.size() - k_option.size(), k_text_end, ";");
  return ends_with_role(plain, " TO ", role) || ends_with_role(plain, " FROM ", role);
}

bool is_session_line(std::string_view line) {
  return line.starts_with("SET SESSION AUTHORIZATION ") || line == "RESET SESSION AUTHORIZATION;";
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

std::string grant_lines(const SchemaEntry& entry, const OwnerRule& rule,
                        std::string_view source_owner) {
  auto lines = lines_of(entry.text);
  const bool kept = rule.keeps(entry.owner);
  std::erase_if(lines, [&](std::string_view line) {
    return is_session_line(line) ||
           (!kept && (gives_to(line, rule.owner) || gives_to(line, entry.owner) ||
                      gives_to(line, source_owner)));
  });
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const auto line : lines) text.append(line).append("\n");
  return text;
}

/// For any role: a body that contains a line like a heading has cut the entry in two.
bool gives_away(std::string_view line) {
  return line.starts_with("ALTER ") && line.find(" OWNER TO ") != k_text_end && line.ends_with(';');
}

/// Whether the role that the line gives something to must be the same on both sides.
bool keeps_new_owner(std::string_view line, const OwnerRule& rule) {
  if (!rule.kept) return false;
  const auto is_owner = [&](const std::string& role) {
    return ends_with_role(line, " OWNER TO ", role);
  };
  return rule.replaced.empty() ||
         (!is_owner(rule.owner) &&
          std::none_of(rule.replaced.begin(), rule.replaced.end(), is_owner));
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Takes one word, name or text in quotes, or other character off the front.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) { skip_space(); }
  bool done() const { return rest_.empty(); }
  std::string_view peek() const { return rest_.substr(0, length()); }
  std::string_view take() {
    const auto word = peek();
    rest_.remove_prefix(word.size());
    skip_space();
    return word;
  }
  bool take_if(std::string_view word) {
    if (peek() != word) return false;
    take();
    return true;
  }

 private:
  void skip_space() {
    rest_.remove_prefix(std::min(rest_.size(), rest_.find_first_not_of(" \t\n")));
  }
  std::size_t quoted(char quote, bool escapes) const {
    std::size_t at = escapes ? 2 : 1;
    while (at < rest_.size()) {
      if (escapes && rest_[at] == '\\') {
        ++at;
      } else if (rest_[at] == quote) {
        if (at + 1 >= rest_.size() || rest_[at + 1] != quote) return at + 1;
        ++at;
      }
      ++at;
    }
    return rest_.size();
  }
  std::size_t dollar_quoted() const {
    std::size_t end = 1;
    while (end < rest_.size() && is_word(rest_[end])) ++end;
    if (end >= rest_.size() || rest_[end] != '$') return 1;
    const auto mark = rest_.substr(0, end + 1);
    const auto close = rest_.find(mark, mark.size());
    return close == k_text_end ? rest_.size() : close + mark.size();
  }
  std::size_t length() const {
    if (rest_.empty()) return 0;
    const char c = rest_.front();
    if (c == '\'' || c == '"') return quoted(c, false);
    if (c == 'E' && rest_.substr(1, 1) == "'") return quoted('\'', true);
    if (c == '$') return dollar_quoted();
    if (rest_.starts_with("::")) return 2;
    std::size_t end = 0;
    while (end < rest_.size() && (is_word(rest_[end]) || (end > 0 && rest_[end] == '$'))) ++end;
    return std::max(end, std::size_t{1});
  }
  std::string_view rest_;
};

void skip_modifier(Words& words) {
  if (!words.take_if("(")) return;
  while (!words.done() && words.take() != ")") {
  }
}

/// `numeric(10,2)[]`, `app."Odd"`, `timestamp(3) without time zone`, `interval day to second`
void skip_type(Words& words) {
  static constexpr std::array k_more{
      std::string_view("varying"), std::string_view("precision"), std::string_view("with"),
      std::string_view("without"), std::string_view("time"),      std::string_view("zone"),
      std::string_view("year"),    std::string_view("month"),     std::string_view("day"),
      std::string_view("hour"),    std::string_view("minute"),    std::string_view("second"),
      std::string_view("to")};
  words.take();
  while (words.take_if(".")) words.take();
  skip_modifier(words);
  while (std::find(k_more.begin(), k_more.end(), words.peek()) != k_more.end()) words.take();
  skip_modifier(words);
  while (words.take_if("[")) words.take_if("]");
}

}  // namespace

bool OwnerRule::keeps(std::string_view role) const {
  if (!kept) return false;
  return replaced.empty() || (role != owner && replaced.count(std::string(role)) == 0);
}

std::string comparable(const SchemaEntry& entry, const OwnerRule& rule,
                       std::string_view source_owner) {
  if (entry.type == "ACL") return grant_lines(entry, rule, source_owner);
  std::string text;
  for (const auto line : lines_of(entry.text)) {
    // A schema that every database has is printed without a statement of its own, but with an
    // owner.
    if (line.starts_with("-- *not* ")) continue;
    if (gives_away(line) && !keeps_new_owner(line, rule)) continue;
    text.append(line).append("\n");
  }
  return text;
}

std::string without_casts(std::string_view text) {
  std::string result;
  for (Words words(text); !words.done();) {
    const auto word = words.take();
    if (word == "::") {
      skip_type(words);
    } else if (word != "(" && word != ")") {
      result.append(word).append(" ");
    }
  }
  return result;
}

}  // namespace tidegate::engine::postgresql
