#pragma once

/// Reads values by concrete path from the document's tree, and finds all mistakes of form.

#include <vector>

#include "config/config.hpp"
#include "config/document.hpp"

namespace tidegate::config {

/// Fills `parts` (file_values, database_names, target_names) from the tree. `parts.file` is set.
void read_values(const Node& root, Config::Parts& parts, std::vector<Problem>& problems);

}  // namespace tidegate::config
