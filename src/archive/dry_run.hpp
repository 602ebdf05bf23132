#pragma once

/// A place for archives that says what it would write, and writes nothing.

#include <memory>

#include "archive/archive.hpp"

namespace tidegate::archive {

/// For a Run of Mode::dry_run. Reads pass through to `inner`; check, lock, clear_unfinished,
/// publish, remove and amend only say, as steps of the run's progress, what they would do.
std::unique_ptr<Store> dry_run(std::unique_ptr<Store> inner);

}  // namespace tidegate::archive
