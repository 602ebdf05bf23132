#pragma once

/// Applies decisions directly with an engine.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "engine/connect.hpp"
#include "preview/backend.hpp"

namespace tidegate::journal {
class Journal;
}

namespace tidegate::preview {

/// The previews of one database. Plans and engines are requested when a preview needs them, because
/// each may have its own credential.
struct Previews {
  std::string name;  ///< the configured database's name
  Topology topology;
  std::function<RestorePlan(PullNumber, const std::string& commit)> restore;
  std::function<DropPlan(PullNumber, const std::string& commit)> drop;
  /// @throws Error config: a value that its credential needs is not set.
  std::function<std::shared_ptr<engine::Engine>(PullNumber)> engine;
  /// Connections that may list the previews; tried in order until one works.
  std::vector<engine::Connect> listers;
  std::function<std::unique_ptr<archive::Store>(const ArchivePlan&)> open_store;
};

/// Each request is a run of its own with its own id and time limit (within the limit of the run it
/// is called with), recorded in `journal`.
/// @throws Error config: no previews are configured.
std::unique_ptr<PreviewBackend> engine_backend(Previews previews, journal::Journal& journal,
                                               engine::LeaseWish wish);

}  // namespace tidegate::preview
