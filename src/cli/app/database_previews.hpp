#pragma once

/// The parts that commands about pull requests work with: the code host, and the previews of each
/// database.

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "forge/forge.hpp"
#include "preview/engine_backend.hpp"
#include "preview/reconcile.hpp"
#include "preview/sync.hpp"

namespace tidegate::config {
class Config;
}

namespace tidegate::cli {

class CommandContext;

/// One database's previews.
struct DatabasePreviews {
  std::string name;  ///< configured
  std::unique_ptr<preview::PreviewBackend> backend;
  preview::SyncPlan plan;
};

/// Whether a fill waits for a first snapshot. It does not where other work waits behind it.
enum class SnapshotWait { none, as_configured };

/// The process that carries out decisions: the cluster where a GitOps repository is configured,
/// else this one (`as_configured`); or always this one (`own`), for a command that cleans up what
/// the cluster has left and must not depend on it.
enum class BackendChoice { as_configured, own };

/// The code host of `config`; with `--dry-run` one that only prints. @throws Error config.
std::unique_ptr<forge::Forge> forge_of(const CommandContext& session, const config::Config& config);

/// Those of `database`, or of every database that has previews. `session`, `config` (the session's,
/// or a newer one) and `run` outlive them; they connect when they need to.
/// @throws Error config, not_found.
std::vector<DatabasePreviews> previewed(CommandContext& session, const config::Config& config,
                                        Run& run, const std::optional<std::string>& database,
                                        SnapshotWait patience,
                                        BackendChoice hands = BackendChoice::as_configured);

/// A database whose turn failed.
struct DatabaseFailure {
  std::string name;
  Error error;
};
/// Does the work for each in turn; one that fails does not stop the others, and its failure is
/// logged. @throws Error the failure itself where there is only one database; cancelled, timeout.
std::vector<DatabaseFailure> each_in_turn(Run& run, const std::vector<DatabasePreviews>& previews,
                                          const std::function<void(const DatabasePreviews&)>& work);
/// The exit code of the first failure other than a conflict (another run holds the preview), else
/// of the first conflict; 0 where none failed. For databases (Missed) and pull requests
/// (preview::NotSynced).
template <class Failed>
int exit_code_of(const std::vector<Failed>& failed) {
  for (const auto& each : failed) {
    if (each.error.kind() != ErrorKind::conflict) return each.error.exit_code();
  }
  return failed.empty() ? 0 : failed.front().error.exit_code();
}
std::string failure_line(const DatabaseFailure& missed);
nlohmann::ordered_json database_failure_json(const DatabaseFailure& missed);

/// `pr-42 syrf_pr_42: filled from …`
std::string synced_line(const preview::SyncResult& synced, Mode mode);
nlohmann::ordered_json synced_json(const std::string& database, const preview::SyncResult& synced);
nlohmann::ordered_json failure_json(const Error& error);

}  // namespace tidegate::cli
