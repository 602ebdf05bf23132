#pragma once

/// The last line of a run, and its JSON: what stands on standard output.

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/text.hpp"
#include "engine/engine.hpp"
#include "model/metadata.hpp"

namespace tidegate::cli {

/// `snapshot 20261122T030004-7f3a92c1   5,412,907 documents   20.1 GB   6 min 12 s   point-in-time`
std::string outcome_line(std::string_view what, const Metadata& metadata,
                         std::chrono::milliseconds elapsed);
/// The metadata document and `elapsed_seconds`; `dry_run: true` where nothing was written.
nlohmann::ordered_json outcome_json(const Metadata& metadata, std::chrono::milliseconds elapsed,
                                    Mode mode);
/// Seconds with three decimals at most.
double as_seconds(std::chrono::milliseconds duration);

}  // namespace tidegate::cli
