#pragma once

/// What `status` prints, from what was found. Pure.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/text.hpp"
#include "journal/journal.hpp"
#include "preview/state.hpp"

namespace tidegate::cli {

/// One database and what is known of its places. `schedule` as configured; may be empty.
/// `targets_only` leaves the snapshot out, `snapshot_only` the targets.
struct StatusPart {
  preview::DatabaseState state;
  std::string schedule;
  bool with_snapshot = true;
  bool with_targets = true;
};

std::vector<std::string> status_lines(const StatusPart& part, const Look& look);
nlohmann::ordered_json status_json(const StatusPart& part);

std::vector<std::string> runs_lines(const std::vector<journal::RunRecord>& runs);
nlohmann::ordered_json runs_json(const std::vector<journal::RunRecord>& runs);

}  // namespace tidegate::cli
