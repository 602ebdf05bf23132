#pragma once

/// The schema of a copy held against its source's. Pure.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/copy/schema_text.hpp"

namespace tidegate::engine::postgresql {

/// An entry of the source's table of contents that the copy does without, or holds in another way,
/// and which was named to the user. `SETTING` and `EXTENSION` entries stand for what belongs to the
/// database as a whole.
struct SchemaException {
  std::string type = {}, schema = {};
  std::string name = {};  ///< empty: every entry of this type
  /// In place of these: the entry as an archive's list has it, `TABLE public users app`.
  std::string listed = {};
};
bool is_exception(const std::vector<SchemaException>& exceptions, const std::string& type,
                  const std::string& schema, const std::string& name);

/// By which an entry is found on the other side.
struct SchemaKey {
  std::string type, schema, name;
  friend auto operator<=>(const SchemaKey&, const SchemaKey&) = default;
};

/// A schema in little: of each entry a digest, so that ten thousand of them take a few megabytes.
class SchemaOutline {
 public:
  void add(const SchemaEntry& entry, const OwnerRule& rule);
  void set_versions(std::string versions) { versions_ = std::move(versions); }
  /// Whose words it is written in; see SchemaCutter.
  const std::string& versions() const { return versions_; }

  struct Digest {
    std::array<std::uint64_t, 2> sum{};  ///< of the texts of equal keys, in any order
    bool empty = true;                   ///< no statement is left to compare
    friend bool operator==(const Digest&, const Digest&) = default;
  };
  const std::map<SchemaKey, Digest>& entries() const { return entries_; }

 private:
  std::map<SchemaKey, Digest> entries_;
  std::string versions_;
};

/// What is on one side only, or not the same on both, but for the exceptions. Where the two are
/// written in the words of different versions, only what is on one side.
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

/// The differences between what both hold of the same keys: `TABLE app.users`, `definition`, and
/// the first line in which they differ. What differs in nothing but parentheses and casts is equal.
std::vector<Difference> schema_differences(const SchemaTexts& source, const SchemaTexts& copy,
                                           const OwnerRule& rule);

}  // namespace tidegate::engine::postgresql
