#include "engine/postgresql/archive/script.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace tidegate::engine::postgresql {
namespace {

constexpr auto k_npos = std::string_view::npos;

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

// `Name: TABLE users; Type: ACL; Schema: public; Owner: app`. Read from its end: a name may hold
// anything.
void read_heading(std::string_view line, ScriptEntry& entry) {
  const auto take_last = [&](std::string_view mark) {
    const auto at = line.rfind(mark);
    if (at == k_npos) return std::string();
    const std::string value(line.substr(at + mark.size()));
    line = line.substr(0, at);
    return value;
  };
  take_last("; Tablespace: ");
  const auto owner = take_last("; Owner: ");
  entry.schema = take_last("; Schema: ");
  if (entry.schema == "-") entry.schema.clear();
  entry.kind = take_last("; Type: ");
  entry.name = line;
  if (owner != "-") entry.owner = owner;
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// A name at the front, in quotes or not; nothing when there is none. PUBLIC is no name.
std::optional<std::string> take_name(std::string_view& text) {
  std::string name;
  if (text.empty() || text.front() != '"') {
    while (!text.empty() && is_plain(text.front())) {
      name += text.front();
      text.remove_prefix(1);
    }
    return name.empty() ? std::nullopt : std::optional(name);
  }
  for (text.remove_prefix(1); !text.empty(); text.remove_prefix(1)) {
    if (text.front() == '"') {
      text.remove_prefix(1);
      if (text.empty() || text.front() != '"') return name;
    }
    name += text.front();
  }
  return std::nullopt;
}

// Past names and words in quotes: what follows `word` outside of them, each time it stands there.
template <typename Found>
void for_each_after(std::string_view text, std::string_view word, Found found) {
  char quote = '\0';
  for (; !text.empty(); text.remove_prefix(1)) {
    const char c = text.front();
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (text.substr(0, word.size()) == word) {
      found(text.substr(word.size()));
    }
  }
}

// `a, "b c", PUBLIC`
void add_names(std::string_view list, std::set<std::string>& names) {
  while (auto name = take_name(list)) {
    names.insert(std::move(*name));
    if (!take_prefix(list, ", ")) return;
  }
}

void read_statements(std::string_view text, ScriptEntry& entry) {
  for (const auto* word : {" TO ", " FROM ", " FOR ROLE ", "SET SESSION AUTHORIZATION "}) {
    for_each_after(text, word, [&](std::string_view rest) { add_names(rest, entry.others); });
  }
}

bool names_roles(const std::string& kind) {
  return kind == "ACL" || kind == "DEFAULT ACL" || kind == "POLICY" || kind == "USER MAPPING";
}

}  // namespace

std::vector<ScriptEntry> read_script(std::string_view text) {
  std::vector<ScriptEntry> entries;
  std::string statements;
  const auto finish = [&] {
    if (!entries.empty() && names_roles(entries.back().kind)) {
      read_statements(statements, entries.back());
    }
    statements.clear();
  };
  while (!text.empty()) {
    auto line = take_line(text);
    if (take_prefix(line, "-- TOC entry ")) {
      finish();
      ScriptEntry entry;
      std::from_chars(line.data(), line.data() + line.size(), entry.id);
      entries.push_back(std::move(entry));
    } else if (take_prefix(line, "-- Name: ")) {
      if (!entries.empty() && entries.back().kind.empty()) read_heading(line, entries.back());
    } else if (line.substr(0, 2) != "--" && !entries.empty() && names_roles(entries.back().kind)) {
      statements.append(line).append("\n");
    }
  }
  finish();
  return entries;
}

}  // namespace tidegate::engine::postgresql
