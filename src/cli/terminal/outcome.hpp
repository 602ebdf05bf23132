#pragma once

/// The result of a run on standard output: its last line, or its JSON.

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/terminal/text.hpp"
#include "engine/engine.hpp"
#include "model/metadata.hpp"
#include "snapshot/archive.hpp"
#include "snapshot/retain.hpp"

namespace tidegate::cli {

/// `snapshot 20261122T030004-7f3a92c1   5,412,907 documents   20.1 GB   6 min 12 s   point-in-time`
std::string outcome_line(std::string_view what, const Metadata& metadata,
                         std::chrono::milliseconds elapsed);
/// The metadata document and `elapsed_seconds`; `dry_run: true` where nothing was written.
nlohmann::ordered_json outcome_json(const Metadata& metadata, std::chrono::milliseconds elapsed,
                                    Mode mode);
/// `snapshot 20261122T030004-7f3a92c1   atlas-20261122T030000Z.dump   161 MB   13.9 s`
std::string archive_line(const archive::Entry& entry, std::chrono::milliseconds elapsed);
/// The metadata document, `elapsed_seconds`, `archive {name, bytes, sha256, format}` and
/// `retention`.
nlohmann::ordered_json archive_json(const snapshot::ArchiveTaken& taken,
                                    std::chrono::milliseconds elapsed);

/// One row for each archive, oldest first: whether it stays, and why.
std::vector<std::string> sentence_lines(const std::vector<snapshot::RetentionDecision>& sentences);
nlohmann::ordered_json sentences_json(const std::vector<snapshot::RetentionDecision>& sentences);

/// Seconds with three decimals at most.
double as_seconds(std::chrono::milliseconds duration);

}  // namespace tidegate::cli
