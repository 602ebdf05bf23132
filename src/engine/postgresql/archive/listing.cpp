#include "engine/postgresql/archive/listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
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

// A name as pg_restore writes it into its list: on one line.
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

// Takes one number off the front, with the character after it; nothing when there is no number.
std::optional<std::int64_t> take_number(std::string_view& line) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (failed != std::errc()) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  line.remove_prefix(std::min(line.size(), line.find_first_not_of("; ")));
  return number;
}

struct Type {
  std::string_view name;
  std::int64_t catalog;  // fixed numbers of PostgreSQL's own catalog
};

// Types that are distinguished or decided about; a type comes before the types that it begins with.
constexpr std::array<Type, 61> k_entry_types{{
    {"ACCESS METHOD", 2601},
    {"ACL", 0},
    {"AGGREGATE", 1255},
    {"BLOB METADATA", 2613},
    {"BLOB", 2613},
    {"BLOBS", 0},
    {"CAST", 2605},
    {"CHECK CONSTRAINT", 2606},
    {"COLLATION", 3456},
    {"COMMENT", 0},
    {"CONSTRAINT", 2606},
    {"CONVERSION", 2607},
    {"DATABASE PROPERTIES", 0},
    {"DATABASE", 1262},
    {"DEFAULT ACL", 826},
    {"DEFAULT", 2604},
    {"DOMAIN", 1247},
    {"EVENT TRIGGER", 3466},
    {"EXTENSION", 3079},
    {"FK CONSTRAINT", 2606},
    {"FOREIGN DATA WRAPPER", 2328},
    {"FOREIGN TABLE", 1259},
    {"FUNCTION", 1255},
    {"INDEX ATTACH", 0},
    {"INDEX", 1259},
    {"MATERIALIZED VIEW DATA", 0},
    {"MATERIALIZED VIEW", 1259},
    {"OPERATOR FAMILY", 2753},
    {"OPERATOR CLASS", 2616},
    {"OPERATOR", 2617},
    {"POLICY", 3256},
    {"PROCEDURAL LANGUAGE", 2612},
    {"PROCEDURE", 1255},
    {"PUBLICATION TABLES IN SCHEMA", 6237},
    {"PUBLICATION TABLE", 6106},
    {"PUBLICATION", 6104},
    {"ROW SECURITY", 0},
    {"RULE", 2618},
    {"SCHEMA", 2615},
    {"SECURITY LABEL", 0},
    {"SEQUENCE OWNED BY", 0},
    {"SEQUENCE SET", 0},
    {"SEQUENCE", 1259},
    {"SERVER", 1417},
    {"SHELL TYPE", 0},
    {"STATISTICS DATA", 0},
    {"STATISTICS", 3381},
    {"SUBSCRIPTION TABLE", 6102},
    {"SUBSCRIPTION", 6100},
    {"TABLE ATTACH", 0},
    {"TABLE DATA", 0},
    {"TABLE", 1259},
    {"TEXT SEARCH CONFIGURATION", 3602},
    {"TEXT SEARCH DICTIONARY", 3600},
    {"TEXT SEARCH TEMPLATE", 3764},
    {"TEXT SEARCH PARSER", 3601},
    {"TRANSFORM", 3576},
    {"TRIGGER", 2620},
    {"TYPE", 1247},
    {"USER MAPPING", 0},
    {"VIEW", 1259},
}};

bool starts(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

std::string type_of(std::string_view text, std::int64_t catalog) {
  const auto found =
      std::find_if(k_entry_types.begin(), k_entry_types.end(), [&](const Type& type) {
        return type.catalog == catalog && starts(text, type.name) &&
               text.substr(type.name.size(), 1) == " ";
      });
  return found == k_entry_types.end() ? std::string() : std::string(found->name);
}

std::optional<Entry> read_entry(std::string_view line) {
  auto rest = line;
  const auto id = take_number(rest), catalog = take_number(rest), object = take_number(rest);
  if (!id || !catalog || !object) return std::nullopt;
  return Entry{static_cast<int>(*id), *catalog, std::string(rest),
               std::string(line),     *object,  type_of(rest, *catalog)};
}

// `;\tdepends on: 8 219`
void read_needs(std::string_view line, Entry& entry) {
  constexpr std::string_view k_begins = ";\tdepends on:";
  if (!starts(line, k_begins)) return;
  line.remove_prefix(std::min(line.size(), k_begins.size() + 1));
  while (const auto id = take_number(line)) entry.needs.push_back(static_cast<int>(*id));
}

bool any_begins(const std::vector<Entry>& entries, std::string_view start) {
  return std::any_of(entries.begin(), entries.end(),
                     [&](const Entry& entry) { return entry.begins(start); });
}

// The beginning of the entry that makes it, in each kind of list.
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

std::string Entry::group() const {
  const bool about_large_object = begins("BLOB") || begins("ACL - LARGE OBJECT") ||
                                  begins("COMMENT - LARGE OBJECT") ||
                                  begins("SECURITY LABEL - LARGE OBJECT");
  if (!about_large_object) return {};
  // `BLOB - 16410 app`, `ACL - LARGE OBJECT 16410 app`: the number is all that differs.
  const auto number = text.find_first_of("0123456789");
  if (number == std::string::npos) return text;
  const auto end = text.find_first_not_of("0123456789.", number);
  return text.substr(0, number) + (end == std::string::npos ? std::string() : text.substr(end));
}

void ListingReader::hear(std::string_view chunk) {
  for (auto end = chunk.find('\n'); end != std::string_view::npos; end = chunk.find('\n')) {
    unread_.append(chunk.substr(0, end));
    read(unread_);
    unread_.clear();
    chunk.remove_prefix(end + 1);
  }
  unread_.append(chunk);
}

void ListingReader::finish() {
  if (!unread_.empty()) read(std::exchange(unread_, {}));
  if (last_) take_(std::move(*last_));
  last_.reset();
}

void ListingReader::read(std::string_view line) {
  auto entry = read_entry(line);
  if (!entry) {
    constexpr std::string_view k_mark = "Dumped by pg_dump version: ";
    const auto at = last_ ? std::string_view::npos : line.find(k_mark);
    if (last_) read_needs(line, *last_);
    if (at != std::string_view::npos) {
      line.remove_prefix(at + k_mark.size());
      std::from_chars(line.data(), line.data() + line.size(), dump_major_);
    }
    return;
  }
  if (last_) take_(std::move(*last_));
  last_ = std::move(entry);
}

void EntryCollector::add(Entry entry) {
  if (const auto group = entry.group(); !group.empty()) {
    const auto [found, is_new] = groups_.emplace(group, entries_.size());
    if (!is_new) {
      ++entries_[found->second].alike;
      return;
    }
  }
  entries_.push_back(std::move(entry));
}

std::vector<Entry> read_listing(std::string_view text) {
  EntryCollector collector;
  ListingReader reader([&](Entry entry) { collector.add(std::move(entry)); });
  reader.hear(text);
  reader.finish();
  return collector.take();
}

std::string owner_of(const Entry& entry, const std::vector<std::string>& owners) {
  std::string found;
  for (const auto& owner : owners) {
    if (owner.size() > found.size() && entry.text.ends_with(" " + one_line(owner))) found = owner;
  }
  return found;
}

std::string name_of(const Entry& entry, const std::vector<std::string>& owners) {
  auto rest = entry.type.empty() ? entry.text : entry.text.substr(entry.type.size() + 1);
  const auto owner = owner_of(entry, owners);
  if (!owner.empty()) rest.resize(rest.size() - owner.size() - 1);
  if (starts(rest, "- ")) rest.erase(0, 2);
  while (!rest.empty() && rest.back() == ' ') rest.pop_back();
  auto type = entry.type;
  std::transform(type.begin(), type.end(), type.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return type.empty() ? fmt::format("'{}'", rest) : fmt::format("{} '{}'", type, rest);
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

bool makes(const Entry& entry, const Content& content) {
  const auto starts = beginnings_of(content);
  return std::any_of(starts.begin(), starts.end(),
                     [&](const std::string& start) { return entry.begins(start); });
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
