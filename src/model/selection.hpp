#pragma once

/// Applies a Selection to names of collections or tables.

#include <string>
#include <vector>

#include "model/plan.hpp"

namespace tidegate {

struct Selected {
  std::vector<std::string> taken;  ///< in the order of the names given
  std::vector<std::string>
      missing;  ///< names in `include` (no globs) that are not there: an error for most callers
  std::vector<std::string> unmatched_include;  ///< globs in `include` that match no name
  std::vector<std::string> unmatched_exclude;  ///< names and globs in `exclude` that match no name
};

/// Pure. A name is taken when `include` is empty or has it or a glob that matches it, and `exclude`
/// has neither. A text without glob marks is compared exactly.
Selected select(const Selection& selection, const std::vector<std::string>& names);

}  // namespace tidegate
