#pragma once

/// An engine that prints what it would write, and writes nothing.

#include <memory>

#include "engine/engine.hpp"

namespace tidegate::engine {

/// For a Run of Mode::dry_run. Reads pass through to `inner`; lease, stage, verify, publish,
/// note and drop only say, as steps of the run's progress, what they would do. Staged data counts
/// as equal to its source.
class DryRun final : public Engine {
 public:
  explicit DryRun(std::unique_ptr<Engine> inner);

  Capabilities capabilities(Run& run) override;
  Rights rights(Run& run, const DatabaseName& database, Need need) override;
  std::vector<Obstacle> creation_obstacles(Run& run, const DatabaseName& database,
                                           const std::string& owner) override;
  Rights reading_rights(Run& run, const DatabaseName& database,
                        const Selection& selection) override;
  CopyOutlook outlook(Run& run, const CopyQuestion& question) override;
  Inventory inspect(Run& run, const DatabaseName& database) override;
  std::optional<Metadata> metadata(Run& run, const DatabaseName& database) override;
  std::vector<FilledDatabase> list(Run& run, const NamePattern& pattern) override;
  std::unique_ptr<Lease> lease(Run& run, const WriteTarget& target, LeaseWish wish) override;
  std::unique_ptr<Staged> stage(Run& run, const StageRequest& request, Lease& lease) override;
  VerifyReport verify(Run& run, Staged& staged, Lease& lease) override;
  void publish(Run& run, Staged& staged, const Metadata& metadata, Lease& lease) override;
  void note(Run& run, const Metadata& metadata, Lease& lease) override;
  void seed(Run& run, const SeedRequest& request, Lease& lease) override;
  DumpResult dump(Run& run, const DumpRequest& request) override;
  VerifyReport examine(Run& run, const std::filesystem::path& archive,
                       const Metadata& expected) override;
  void drop(Run& run, Lease& lease) override;
  VerifyReport audit(Run& run, const DatabaseName& database, const Metadata& expected) override;

 private:
  std::unique_ptr<Engine> inner_;
};

}  // namespace tidegate::engine
