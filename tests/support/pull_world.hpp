#pragma once

/// Pull requests on a fake host, their previews on a fake server, and tidegate between them.

#include <memory>
#include <vector>

#include "preview/engine_backend.hpp"
#include "preview/reconcile.hpp"
#include "preview/sweep.hpp"
#include "preview/sync.hpp"
#include "support/fake_forge.hpp"
#include "support/fake_world.hpp"

namespace tidegate::test {

/// The previews of `syrf`, all over one engine.
class PlannedPreviews final : public preview::Previews {
 public:
  PlannedPreviews(Topology topology, std::shared_ptr<engine::Engine> engine, engine::Connect lister)
      : topology_(std::move(topology)), engine_(std::move(engine)), lister_(std::move(lister)) {}

  const std::string& name() const override { return name_; }
  const Topology& topology() const override { return topology_; }
  RestorePlan restore_plan(PullNumber number, const std::string& commit) const override;
  DropPlan drop_plan(PullNumber number, const std::string& commit) const override;
  std::shared_ptr<engine::Engine> engine(PullNumber) override { return engine_; }
  std::vector<engine::Connect> listers() const override { return {lister_}; }
  std::unique_ptr<archive::Store> open_store(const ArchivePlan&) const override { return nullptr; }

  SeedPlan seed_plan{};
  int retries = 0;  ///< of a drop or of seeding

 private:
  std::string name_ = "syrf";
  Topology topology_;
  std::shared_ptr<engine::Engine> engine_;
  engine::Connect lister_;
};

/// With a snapshot that was taken.
struct PullWorld : public FakeWorld {
  PullWorld();

  /// The backend of one tidegate; both arguments outlive it.
  std::unique_ptr<preview::PreviewBackend> backend(engine::Engine& through,
                                                   journal::Journal& record);
  preview::SyncResult sync(int number, preview::Trigger asked = preview::Trigger::state_change);
  preview::SyncResult sync(int number, engine::Engine& engine);
  preview::ReconcileResult reconcile();
  std::vector<preview::Orphan> sweep(const preview::SweepPlan& how);

  /// `none`, `snapshot`, `seed`, with ` locked` where its metadata says so.
  std::string holds(int number);
  /// The application has filled it by itself.
  void application_seeds(int number);
  /// Notices on the pull request, in order; the sticky comment is none of them.
  std::vector<std::string> notices(int number) const;
  std::string sticky(int number) const;
  std::vector<std::string> labels(int number) const { return host.pull(number).labels; }

  FakeHost host;
  FakeForge forge{host};
  preview::SyncPlan sync_plan;
  int retries = 0;     ///< of a drop or of seeding
  SeedPlan seed_plan;  ///< set the policy's seeder as well
};

/// Writes short texts that say what they are of.
std::shared_ptr<const preview::CommentWriter> plain_writer();

}  // namespace tidegate::test
