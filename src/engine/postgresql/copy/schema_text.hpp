#pragma once

/// When two printed statements mean the same. Pure.

#include <set>
#include <string>
#include <string_view>

#include "engine/postgresql/copy/schema_script.hpp"

namespace tidegate::engine::postgresql {

/// To whom the objects of a copy belong.
struct OwnerRule {
  bool kept = true;   ///< as in the source
  std::string owner;  ///< who has them all, where they are not kept
  /// Where they are kept: owners that could not be given theirs, which `owner` has in their place.
  std::set<std::string> replaced = {};

  /// Whether what belongs to that role in the source or in the copy has to belong to it in both.
  bool keeps(std::string_view role) const;
};

/// The entry's statements in a form that is the same on both sides, as far as pg_dump prints them
/// alike: grants are sorted, and by whom they were granted is left out. Where its owner is not
/// kept, so are the owner, and grants to `owner`, to the entry's own owner and to `source_owner`.
std::string comparable(const SchemaEntry& entry, const OwnerRule& rule,
                       std::string_view source_owner = {});

/// The words of a statement without parentheses and casts. A server that reads an expression which
/// it has printed (`x IN (…)` over varchar, `a BETWEEN b AND c AND d`) prints it with other ones.
/// Texts in quotes, and so the bodies of functions, stay as they are.
std::string without_casts(std::string_view text);

}  // namespace tidegate::engine::postgresql
