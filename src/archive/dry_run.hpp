#pragma once

/// An archive store that reports its writes and does not perform them.

#include <memory>

#include "archive/archive.hpp"

namespace tidegate::archive {

/// For a run in Mode::dry_run. Reads pass through to `inner`. check, lock, clear_unfinished,
/// publish, remove and amend report what they would do as steps of the run's progress.
std::unique_ptr<Store> dry_run(std::unique_ptr<Store> inner);

}  // namespace tidegate::archive
