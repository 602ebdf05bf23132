#pragma once

/// What is wrong in the meaning of values that are good in form.

#include <vector>

#include "config/config.hpp"
#include "config/document.hpp"

namespace tidegate::config {

/// Looks at every database of the file, at variables of the environment, and at databases together.
/// What holds `${NAME}` is left for when it is asked for.
void check_meaning(const Config& config, const Config::Parts& parts,
                   std::vector<Problem>& problems);

}  // namespace tidegate::config
