#pragma once

/// Applies decisions directly with an engine.

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
class Previews {
 public:
  virtual ~Previews() = default;
  /// The configured database's name.
  virtual const std::string& name() const = 0;
  virtual const Topology& topology() const = 0;
  virtual RestorePlan restore_plan(PullNumber number, const std::string& commit) const = 0;
  virtual DropPlan drop_plan(PullNumber number, const std::string& commit) const = 0;
  /// @throws Error config: a value that its credential needs is not set.
  virtual std::shared_ptr<engine::Engine> engine(PullNumber number) = 0;
  /// Connections that may list the previews; tried in order until one works.
  virtual std::vector<engine::Connect> listers() const = 0;
  virtual std::unique_ptr<archive::Store> open_store(const ArchivePlan& plan) const = 0;
};

/// Each request is a run of its own with its own id and time limit (within the limit of the run it
/// is called with), recorded in `journal`.
/// @throws Error config: no previews are configured.
std::unique_ptr<PreviewBackend> engine_backend(std::unique_ptr<Previews> previews,
                                               journal::Journal& journal, engine::LeaseWish wish);

}  // namespace tidegate::preview
