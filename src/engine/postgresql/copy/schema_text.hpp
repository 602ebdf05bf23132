#pragma once

/// Decides whether two printed statements mean the same. Pure.

#include <set>
#include <string>
#include <string_view>

#include "engine/postgresql/copy/schema_script.hpp"

namespace tidegate::engine::postgresql {

/// The owners of the objects of a copy.
struct OwnerRule {
  bool kept = true;   ///< as in the source
  std::string owner;  ///< of all objects, where owners are not kept
  /// Where owners are kept: those that the copy could not use; `owner` replaces them.
  std::set<std::string> replaced = {};

  /// Whether objects of that role, in the source or in the copy, must belong to it in both.
  bool keeps(std::string_view role) const;
};

/// The entry's statements in a form that is the same on both sides, as far as pg_dump prints them
/// alike: grants are sorted and lose their grantor. Where its owner is not kept, the owner is left
/// out, and so are grants to `owner`, to the entry's own owner and to `source_owner`.
std::string comparable(const SchemaEntry& entry, const OwnerRule& rule,
                       std::string_view source_owner = {});

/// The words of a statement without parentheses and casts. A server that reads its own printed
/// expression (`x IN (…)` over varchar, `a BETWEEN b AND c AND d`) prints it with other ones.
/// Texts in quotes, which include the bodies of functions, stay as they are.
std::string without_casts(std::string_view text);

}  // namespace tidegate::engine::postgresql
