#pragma once

/// The previews of each database, as commands and the daemon work with them.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/services.hpp"
#include "preview/backend.hpp"
#include "preview/sync.hpp"

namespace tidegate::app {

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

/// Those of `database`, or of every database that has previews. `services` and `run` outlive them;
/// they connect when they need to.
/// @throws Error config, not_found.
std::vector<DatabasePreviews> database_previews(
    Services& services, const SharedConfig& config, Run& run,
    const std::optional<std::string>& database, SnapshotWait wait,
    BackendChoice choice = BackendChoice::as_configured);

/// A database whose turn failed.
struct DatabaseFailure {
  std::string name;
  Error error;
};
/// Does the work for each in turn; one that fails does not stop the others, and its failure is
/// logged. @throws Error the failure itself where there is only one database; cancelled, timeout.
std::vector<DatabaseFailure> each_in_turn(Run& run, const std::vector<DatabasePreviews>& previews,
                                          const std::function<void(const DatabasePreviews&)>& work);

/// `pr-42 (syrf_pr_42): filled from …`
std::string synced_line(const preview::SyncResult& synced, Mode mode);

}  // namespace tidegate::app
