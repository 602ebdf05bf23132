#include "engine/postgresql/copy/schema_compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace tidegate::engine::postgresql {
namespace {

constexpr std::size_t k_longest_difference = 160;

SchemaKey key_of(const SchemaEntry& entry) { return {entry.type, entry.schema, entry.name}; }

/// FNV-1a. Collisions on purpose are no concern: a production is compared with its own copy.
std::uint64_t digest_of(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = seed;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return hash;
}

/// In any order: an entry whose body contains a line like a heading is read as several.
std::vector<std::string> texts_of(const std::vector<SchemaEntry>& entries, const OwnerRule& rule,
                                  std::string_view source_owner) {
  std::vector<std::string> texts;
  for (const auto& entry : entries) {
    auto text = comparable(entry, rule, source_owner);
    if (!text.empty()) texts.push_back(std::move(text));
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

std::vector<std::string> loosened(const std::vector<std::string>& texts) {
  std::vector<std::string> result;
  for (const auto& text : texts) result.push_back(without_casts(text));
  std::sort(result.begin(), result.end());
  return result;
}

std::string shortened_text(std::string line) {
  line.erase(0, std::min(line.size(), line.find_first_not_of(" \t")));
  if (line.size() <= k_longest_difference) return line;
  auto end = k_longest_difference;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
  return line.substr(0, end) + " …";
}

std::vector<std::string> lines_of(const std::vector<std::string>& texts) {
  std::vector<std::string> lines;
  for (std::string_view text : texts) {
    while (!text.empty()) {
      const auto line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      lines.emplace_back(line);
    }
  }
  return lines;
}

/// The first line that only `lines` has, the useful part of a long definition.
std::string first_missing(const std::vector<std::string>& lines,
                          const std::vector<std::string>& from) {
  std::set<std::string> others;
  for (const auto& line : from) others.insert(without_casts(line));
  for (const auto& line : lines) {
    if (others.count(without_casts(line)) == 0) return shortened_text(line);
  }
  return {};
}

std::string or_none(std::string text) { return text.empty() ? "none" : std::move(text); }

std::optional<Difference> difference(const SchemaKey& key, const std::vector<SchemaEntry>& source,
                                     const std::vector<SchemaEntry>& copy, const OwnerRule& rule) {
  const auto owner = source.empty() ? std::string() : source.front().owner;
  const auto expected = texts_of(source, rule, owner);
  const auto found = texts_of(copy, rule, owner);
  if (expected == found || loosened(expected) == loosened(found)) return std::nullopt;
  const SchemaEntry named{key.type, key.schema, key.name, {}, {}};
  if (expected.empty()) return Difference{named.label(), "definition", "none", "there"};
  if (found.empty()) {
    return Difference{named.label(), "definition", shortened_text(lines_of(expected).front()),
                      "none"};
  }
  const auto left = lines_of(expected), right = lines_of(found);
  return Difference{named.label(), "definition", or_none(first_missing(left, right)),
                    or_none(first_missing(right, left))};
}

}  // namespace

bool is_exception(const std::vector<SchemaException>& exceptions, const std::string& type,
                  const std::string& schema, const std::string& name) {
  // The owner, which ends a line of a list, may differ in the copy.
  const auto listed = fmt::format("{} {} {} ", type, schema.empty() ? "-" : schema, name);
  return std::any_of(exceptions.begin(), exceptions.end(), [&](const SchemaException& each) {
    if (!each.listed.empty()) return each.listed.starts_with(listed);
    return each.type == type && (each.name.empty() || (each.name == name && each.schema == schema));
  });
}

void SchemaOutline::add(const SchemaEntry& entry, const OwnerRule& rule) {
  constexpr std::uint64_t k_first = 0xcbf29ce484222325ULL, k_second = 0x9e3779b97f4a7c15ULL;
  auto& digest = entries_[key_of(entry)];
  auto text = comparable(entry, rule);
  if (text.empty()) return;
  digest.empty = false;
  digest.sum[0] += digest_of(text, k_first);
  digest.sum[1] += digest_of(text, k_second);
}

std::vector<SchemaKey> unequal(const SchemaOutline& source, const SchemaOutline& copy,
                               const std::vector<SchemaException>& exceptions) {
  const bool same_words = source.versions() == copy.versions();
  // A new database's defaults, which depend on the version, decide which of these are printed.
  const auto depends_on_version = [](const std::string& type) {
    return type == "ACL" || type == "DEFAULT ACL" || type == "COMMENT" || type == "SCHEMA";
  };
  std::vector<SchemaKey> keys;
  const auto check = [&](const SchemaKey& key, const SchemaOutline::Digest* expected,
                         const SchemaOutline::Digest* found) {
    const SchemaOutline::Digest none;
    if (!same_words && depends_on_version(key.type)) return;
    if (expected == nullptr) expected = &none;
    if (found == nullptr) found = &none;
    const bool equal = same_words ? *expected == *found : expected->empty == found->empty;
    if (!equal && !is_exception(exceptions, key.type, key.schema, key.name)) keys.push_back(key);
  };
  for (const auto& [key, digest] : source.entries()) {
    const auto other = copy.entries().find(key);
    check(key, &digest, other == copy.entries().end() ? nullptr : &other->second);
  }
  for (const auto& [key, digest] : copy.entries()) {
    if (source.entries().count(key) == 0) check(key, nullptr, &digest);
  }
  return keys;
}

SchemaTexts::SchemaTexts(const std::vector<SchemaKey>& wanted) {
  for (const auto& key : wanted) entries_[key];
}

void SchemaTexts::add(const SchemaEntry& entry) {
  const auto found = entries_.find(key_of(entry));
  if (found != entries_.end()) found->second.push_back(entry);
}

std::vector<Difference> schema_differences(const SchemaTexts& source, const SchemaTexts& copy,
                                           const OwnerRule& rule) {
  std::vector<Difference> differences;
  for (const auto& [key, entries] : source.entries()) {
    if (auto found = difference(key, entries, copy.entries().at(key), rule)) {
      differences.push_back(std::move(*found));
    }
  }
  return differences;
}

}  // namespace tidegate::engine::postgresql
