#pragma once

/// Decisions carried out by an engine, here and now.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "engine/connect.hpp"
#include "preview/carrier.hpp"

namespace tidegate::journal {
class Journal;
}

namespace tidegate::preview {

/// One database's previews. Plans and engines are asked for when a preview needs them: each may
/// have a credential of its own.
struct Previews {
  std::string name;  ///< of the configured database
  Topology topology;
  std::function<RestorePlan(PullNumber, const std::string& commit)> restore;
  std::function<DropPlan(PullNumber, const std::string& commit)> drop;
  /// @throws Error config: what its credential is made of is not set.
  std::function<std::shared_ptr<engine::Engine>(PullNumber)> engine;
  /// Who may list them; asked in turn until one answers.
  std::vector<engine::Connect> listers;
  std::function<std::unique_ptr<archive::Store>(const ArchivePlan&)> open_store;
};

/// Each errand is a run of its own, with its own id and time limit (within that of the run it is
/// called with), recorded in `journal`. @throws Error config: no previews are configured.
std::unique_ptr<Carrier> engine_carrier(Previews previews, journal::Journal& journal,
                                        engine::LeaseWish wish);

}  // namespace tidegate::preview
