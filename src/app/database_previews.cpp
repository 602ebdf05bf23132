#include "app/database_previews.hpp"

#include <fmt/format.h>

#include "gitops/backend.hpp"
#include "preview/engine_backend.hpp"

namespace tidegate::app {
namespace {

TargetName target_of(PullNumber number) { return {fmt::format("pr-{}", number.value()), number}; }

/// Plans and engines for the previews of one database, from the configuration.
class ConfiguredPreviews final : public preview::Previews {
 public:
  ConfiguredPreviews(Services& services, SharedConfig config, std::string name, SnapshotWait wait)
      : services_(services),
        config_(std::move(config)),
        name_(std::move(name)),
        wait_(wait),
        kind_(config_->engine(name_)),
        metadata_collection_(config_->copy_settings(name_).metadata_collection),
        repository_(config_->forge_plan().repository),
        topology_(config_->topology(name_)),
        common_(config_->try_previews(name_)),
        snapshot_(config_->try_snapshot(name_)) {}

  const std::string& name() const override { return name_; }
  const Topology& topology() const override { return topology_; }

  RestorePlan restore_plan(PullNumber number, const std::string& commit) const override {
    auto plan = config_->restore_plan(name_, target_of(number), {repository_, commit});
    if (wait_ == SnapshotWait::none) plan.waiting.tries = 1;
    return plan;
  }
  DropPlan drop_plan(PullNumber number, const std::string& commit) const override {
    return config_->drop_plan(name_, target_of(number), {repository_, commit});
  }
  /// One engine for all previews where they share a credential, so that it connects once; else one
  /// for each.
  std::shared_ptr<engine::Engine> engine(PullNumber number) override {
    if (!common_.value) return connect(config_->target(name_, target_of(number)));
    if (!shared_) shared_ = connect(*common_.value);
    return shared_;
  }
  std::vector<engine::Connect> listers() const override {
    return {services_.connect(kind_, common_, metadata_collection_),
            services_.connect(kind_, snapshot_, metadata_collection_)};
  }
  std::unique_ptr<archive::Store> open_store(const ArchivePlan& plan) const override {
    return services_.store(plan);
  }

 private:
  std::shared_ptr<engine::Engine> connect(const Endpoint& endpoint) const {
    return services_.engine(kind_, endpoint, metadata_collection_);
  }

  Services& services_;
  SharedConfig config_;
  std::string name_;
  SnapshotWait wait_;
  EngineKind kind_;
  std::string metadata_collection_, repository_;
  Topology topology_;
  config::ValueOrError<Endpoint> common_, snapshot_;  // of all previews, of the snapshot
  std::shared_ptr<engine::Engine> shared_;
};

std::shared_ptr<const preview::CommentWriter> writer_of(const Services& services,
                                                        const config::Config& config, Run& run,
                                                        const std::string& name) {
  preview::CommentedDatabase database{.name = name,
                                      .policy = config.pull_policy(name),
                                      .pages = config.preview_pages(),
                                      .topology = config.topology(name),
                                      .archives = config.archives(name)};
  database.snapshot = services.connect(config.engine(name), config.try_snapshot(name),
                                       config.copy_settings(name).metadata_collection);
  database.open_store = [&services](const ArchivePlan& plan) { return services.store(plan); };
  return preview::template_writer(std::move(database), run, services.adapters().redactor);
}

preview::SyncPlan sync_plan_of(const Services& services, const config::Config& config, Run& run,
                               const std::string& name, bool several) {
  const auto host = config.forge_plan();
  const auto urls = config.preview_pages().urls;
  return {
      .database = several ? name : "",
      .policy = config.pull_policy(name),
      .writer = writer_of(services, config, run, name),
      .showing = {host.commit_status, host.deployments, urls.empty() ? "" : urls.front().pattern}};
}

/// The backend of this process, or of a cluster that applies a GitOps repository.
std::unique_ptr<preview::PreviewBackend> backend_of(Services& services, const SharedConfig& config,
                                                    const std::string& name, SnapshotWait wait,
                                                    BackendChoice choice) {
  auto backend =
      preview::engine_backend(std::make_unique<ConfiguredPreviews>(services, config, name, wait),
                              services.journal(), services.wish());
  if (choice == BackendChoice::own) return backend;
  auto repository = config->gitops();
  if (!repository) return backend;
  return gitops::gitops_backend(
      std::move(backend),
      gitops::Commits(*std::move(repository), name, gitops::manifests(config->render_plan(name))));
}

}  // namespace

std::vector<DatabasePreviews> database_previews(Services& services, const SharedConfig& config,
                                                Run& run,
                                                const std::optional<std::string>& database,
                                                SnapshotWait wait, BackendChoice choice) {
  const auto all = config->preview_databases();
  std::vector<std::string> wanted = all;
  if (database) wanted = {config->one_database(database)};
  if (wanted.empty()) {
    throw Error(ErrorKind::config, "no previews are configured",
                "set 'previews.database' of a database, for example app_pr_{number}");
  }
  std::vector<DatabasePreviews> found;
  for (const auto& name : wanted) {
    found.push_back({name, backend_of(services, config, name, wait, choice),
                     sync_plan_of(services, *config, run, name, all.size() > 1)});
  }
  return found;
}

std::vector<DatabaseFailure> each_in_turn(
    Run& run, const std::vector<DatabasePreviews>& previews,
    const std::function<void(const DatabasePreviews&)>& work) {
  std::vector<DatabaseFailure> failures;
  for (const auto& each : previews) {
    try {
      work(each);
    } catch (const Error& error) {
      if (previews.size() == 1) throw;
      run.check();
      run.log().error(fmt::format("{}: {}", each.name, error.message()),
                      {{"run", run.id()}, {"hint", error.hint()}});
      failures.push_back({each.name, error});
    }
  }
  return failures;
}

std::string synced_line(const preview::SyncResult& synced, Mode mode) {
  const auto& decision = synced.decision;
  auto what = synced.says.empty() || mode == Mode::dry_run ? decision.reason : synced.says;
  for (const auto& label : decision.labels.add) what += fmt::format("; '{}' put back", label);
  for (const auto& label : decision.labels.remove) {
    what += fmt::format("; '{}' taken off again", label);
  }
  return fmt::format("pr-{} ({}): {}{}", synced.number.value(), synced.database, what,
                     mode == Mode::dry_run ? " (dry run: nothing was written)" : "");
}

}  // namespace tidegate::app
