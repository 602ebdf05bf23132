#pragma once

/// A code host that is only read; its writes are reported.

#include <memory>

#include "forge/forge.hpp"

namespace tidegate::forge {

/// For a run in Mode::dry_run. Reads pass through to `inner`. Each write is only reported, as a
/// step of the run's progress.
std::unique_ptr<Forge> dry_run(std::unique_ptr<Forge> inner);

}  // namespace tidegate::forge
