#include "engine/postgresql/archive/listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "engine/postgresql/driver/options.hpp"

namespace tidegate::engine::postgresql {
namespace {

bool is_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// As pg_restore writes a name into its list: on one line.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return text;
}

std::string data_entry(const Relation& relation) {
  const auto plain = plain_name(relation);
  return one_line(fmt::format("TABLE DATA {} {} ", plain.schema, plain.name));
}

// One number off the front, with what stands after it; nothing when there is none.
std::optional<std::int64_t> take_number(std::string_view& line) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (failed != std::errc()) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  line.remove_prefix(std::min(line.size(), line.find_first_not_of("; ")));
  return number;
}

std::optional<Entry> read_entry(std::string_view line) {
  auto rest = line;
  const auto id = take_number(rest), catalog = take_number(rest);
  if (!id || !catalog || !take_number(rest)) return std::nullopt;
  return Entry{static_cast<int>(*id), *catalog, std::string(rest), std::string(line)};
}

bool any_begins(const std::vector<Entry>& entries, std::string_view start) {
  return std::any_of(entries.begin(), entries.end(),
                     [&](const Entry& entry) { return entry.begins(start); });
}

// How the entry begins that makes it, in one kind of list or another.
std::vector<std::string> beginnings_of(const Content& content) {
  if (content.name == k_large_objects) return {"BLOB"};
  const auto plain = plain_name(content.name);
  const auto name = one_line(fmt::format("{} {} ", plain.schema, plain.name));
  if (content.type == "materialized view") return {"MATERIALIZED VIEW " + name};
  if (content.type == "view") return {"VIEW " + name, "MATERIALIZED VIEW " + name};
  return {"TABLE " + name};
}

}  // namespace

bool Entry::begins(std::string_view start) const {
  return std::string_view(text).substr(0, start.size()) == start;
}

std::vector<Entry> read_listing(std::string_view text) {
  std::vector<Entry> entries;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (auto entry = read_entry(line)) entries.push_back(std::move(*entry));
  }
  return entries;
}

std::vector<std::string> compare_listing(const std::vector<Entry>& entries,
                                         const std::vector<Relation>& expected,
                                         const std::vector<Relation>& extensions_own) {
  std::vector<std::string> differences;
  std::set<std::string> data;
  for (const auto& entry : entries) {
    const bool comes_along =
        std::any_of(extensions_own.begin(), extensions_own.end(),
                    [&](const auto& relation) { return entry.begins(data_entry(relation)); });
    if (entry.is_table_data() && !comes_along) data.insert(entry.text);
  }
  std::size_t tables = 0;
  for (const auto& relation : expected) {
    if (relation.kind == 'L' && !any_begins(entries, "BLOB")) {
      differences.push_back("no large object");
    }
    if (relation.kind != 'r') continue;
    ++tables;
    const auto start = data_entry(relation);
    const auto found = data.lower_bound(start);
    const bool there = found != data.end() && found->compare(0, start.size(), start) == 0;
    if (!there && is_ascii(start)) {
      differences.push_back(fmt::format("no data of '{}'", relation.name));
    }
  }
  if (data.size() != tables && differences.empty()) {
    differences.push_back(fmt::format("the data of {} tables in place of {}", data.size(), tables));
  }
  return differences;
}

std::vector<std::string> not_listed(const std::vector<Entry>& entries,
                                    const std::vector<Content>& contents) {
  std::vector<std::string> lacking;
  for (const auto& content : contents) {
    if (!is_ascii(content.name)) continue;
    const auto starts = beginnings_of(content);
    const bool there = std::any_of(starts.begin(), starts.end(), [&](const std::string& start) {
      return any_begins(entries, start);
    });
    if (!there) lacking.push_back(content.name);
  }
  return lacking;
}

}  // namespace tidegate::engine::postgresql
