#pragma once

/// Findings of `check` about a place for archives.

#include <chrono>
#include <optional>

#include "archive/archive.hpp"
#include "preflight/findings.hpp"

namespace tidegate::preflight {

/// Rows for whether archives can be written there (`archives`), for the newest one (`snapshot`) and
/// for room (`space`). A newest archive older than `max_age` is a warning.
void find_archives(Findings& findings, Run& run, archive::Store& store,
                   std::optional<std::chrono::milliseconds> max_age);

/// The row `snapshot` for a snapshot of that moment, asked for at `now`.
void find_age(Findings& findings, SystemTime taken, SystemTime now,
              std::optional<std::chrono::milliseconds> max_age);

/// The row `snapshot` where there is none; `why` may be empty.
void find_no_snapshot(Findings& findings, const std::string& why);

}  // namespace tidegate::preflight
