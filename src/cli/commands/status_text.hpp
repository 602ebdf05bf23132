#pragma once

/// The text that `status` prints, made from what was found. Pure.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cli/terminal/text.hpp"
#include "journal/journal.hpp"
#include "preview/state.hpp"

namespace tidegate::cli {

/// One database and the facts known of its snapshot and targets. `next`: when the next snapshot is
/// due; nothing where none is scheduled. `targets_only` leaves the snapshot out, `snapshot_only`
/// the targets.
struct StatusPart {
  preview::DatabaseState state;
  std::optional<SystemTime> next{};
  bool with_snapshot = true;
  bool with_targets = true;
};

std::vector<std::string> status_lines(const StatusPart& part, const OutputStyle& look);
nlohmann::ordered_json status_json(const StatusPart& part);

std::vector<std::string> runs_lines(const std::vector<journal::RunRecord>& runs);
nlohmann::ordered_json runs_json(const std::vector<journal::RunRecord>& runs);

}  // namespace tidegate::cli
