#pragma once

/// Checks the meaning of values whose form is good.

#include <vector>

#include "config/config.hpp"
#include "config/document.hpp"

namespace tidegate::config {

/// Checks every database of the file, variables of the environment, and the databases together.
/// A value that holds `${NAME}` is checked later, when a command asks for it.
void check_meaning(const Config& config, const Config::Parts& parts,
                   std::vector<Problem>& problems);

}  // namespace tidegate::config
