#pragma once

/// The results for pull requests on standard output: lines, or JSON.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/database_previews.hpp"

namespace tidegate::cli {

/// The exit code of the first failure other than a conflict (another run holds the preview), else
/// of the first conflict; 0 where none failed. For databases (app::DatabaseFailure) and pull
/// requests (preview::SyncFailure).
template <class Failed>
int exit_code_of(const std::vector<Failed>& failed) {
  for (const auto& each : failed) {
    if (each.error.kind() != ErrorKind::conflict) return each.error.exit_code();
  }
  return failed.empty() ? 0 : failed.front().error.exit_code();
}

/// `pr-42 (syrf_pr_42): filled from …`, fit for a terminal.
std::string synced_line(const preview::SyncResult& synced, Mode mode);
nlohmann::ordered_json synced_json(const std::string& database, const preview::SyncResult& synced);

std::string failure_line(const app::DatabaseFailure& failure);
nlohmann::ordered_json database_failure_json(const app::DatabaseFailure& failure);
nlohmann::ordered_json failure_json(const Error& error);

}  // namespace tidegate::cli
