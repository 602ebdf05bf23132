#pragma once

/// Compares the schema of a copy with its source's. Pure.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/copy/schema_text.hpp"

namespace tidegate::engine::postgresql {

/// An entry of the source's table of contents that the copy leaves out or changes, as a warning to
/// the user has said. `SETTING` and `EXTENSION` entries stand for properties of the whole database.
struct SchemaException {
  std::string type = {}, schema = {};
  std::string name = {};  ///< empty: every entry of this type
  /// Instead of these: the entry as an archive's list has it, `TABLE public users app`.
  std::string listed = {};
};
bool is_exception(const std::vector<SchemaException>& exceptions, const std::string& type,
                  const std::string& schema, const std::string& name);

/// The key that matches an entry on both sides.
struct SchemaKey {
  std::string type, schema, name;
  friend auto operator<=>(const SchemaKey&, const SchemaKey&) = default;
};

/// A schema as one digest for each entry, so that ten thousand entries take a few megabytes.
class SchemaOutline {
 public:
  void add(const SchemaEntry& entry, const OwnerRule& rule);
  void set_versions(std::string versions) { versions_ = std::move(versions); }
  /// The versions that printed it; see SchemaCutter.
  const std::string& versions() const { return versions_; }

  struct Digest {
    std::array<std::uint64_t, 2> sum{};  ///< of the texts of equal keys, in any order
    bool empty = true;                   ///< there is no statement to compare
    friend bool operator==(const Digest&, const Digest&) = default;
  };
  const std::map<SchemaKey, Digest>& entries() const { return entries_; }

 private:
  std::map<SchemaKey, Digest> entries_;
  std::string versions_;
};

/// The entries that are on one side only or differ, except the exceptions. Where different versions
/// printed the two sides, only the entries that are on one side.
std::vector<SchemaKey> unequal(const SchemaOutline& source, const SchemaOutline& copy,
                               const std::vector<SchemaException>& exceptions);

/// The entries of some keys in full.
class SchemaTexts {
 public:
  explicit SchemaTexts(const std::vector<SchemaKey>& wanted);
  void add(const SchemaEntry& entry);
  const std::map<SchemaKey, std::vector<SchemaEntry>>& entries() const { return entries_; }

 private:
  std::map<SchemaKey, std::vector<SchemaEntry>> entries_;
};

/// The differences between both for the same keys: `TABLE app.users`, `definition`, and the first
/// line that differs. Parentheses and casts do not count as a difference.
std::vector<Difference> schema_differences(const SchemaTexts& source, const SchemaTexts& copy,
                                           const OwnerRule& rule);

}  // namespace tidegate::engine::postgresql
