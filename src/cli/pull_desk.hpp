#pragma once

/// What the commands about pull requests work with: the code host, and each database's previews.

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "forge/forge.hpp"
#include "preview/engine_carrier.hpp"
#include "preview/reconcile.hpp"
#include "preview/sync.hpp"

namespace tidegate::cli {

class Session;

/// One database's previews.
struct Previewed {
  std::string name;  ///< configured
  std::unique_ptr<preview::Carrier> carrier;
  preview::SyncPlan plan;
};

/// Whether a fill waits for a first snapshot: not where others wait behind it.
enum class Patience { none, as_configured };

/// Who carries out what is decided: this process, or, where a GitOps repository is configured, a
/// cluster. The net under the cluster's work must not hang from it.
enum class Hands { as_configured, own };

/// The configured code host; says instead of doing with `--dry-run`. @throws Error config.
std::unique_ptr<forge::Forge> forge_of(const Session& session);

/// Those of `database`, or of every database that has previews. `session` and `run` outlive
/// them; they connect when they need to. @throws Error config, not_found.
std::vector<Previewed> previewed(Session& session, Run& run,
                                 const std::optional<std::string>& database, Patience patience,
                                 Hands hands = Hands::as_configured);
/// `pr-42 syrf_pr_42: filled from …`
std::string synced_line(const preview::Synced& synced, Mode mode);
nlohmann::ordered_json synced_json(const std::string& database, const preview::Synced& synced);
nlohmann::ordered_json failure_json(const Error& error);

}  // namespace tidegate::cli
