#pragma once

/// A code host that is only read: what would be written there is said.

#include <memory>

#include "forge/forge.hpp"

namespace tidegate::forge {

/// For a Run of Mode::dry_run. Reads pass through to `inner`; each write is a step of the run's
/// progress, and nothing else.
std::unique_ptr<Forge> dry_run(std::unique_ptr<Forge> inner);

}  // namespace tidegate::forge
