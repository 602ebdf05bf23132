#include "app/pull_service.hpp"

#include <fmt/format.h>

#include <map>

#include "app/database_previews.hpp"
#include "preview/reconcile.hpp"
#include "preview/texts.hpp"
#include "web/webhook.hpp"

namespace tidegate::app {
namespace {

constexpr std::chrono::minutes k_one_pass{30};

/// The pull requests of one configuration. Each pass makes its own connections.
class PullRequests {
 public:
  PullRequests(Services& services, SharedConfig config)
      : services_(services), config_(std::move(config)) {}

  void sync(Run& run, PullNumber number) const;
  /// Throws the first failure after all have been processed; each failure is in the log.
  void reconcile(Run& run, const std::function<void()>& between);

 private:
  std::vector<DatabasePreviews> previews(Run& run) const {
    return database_previews(services_, config_, run, {}, SnapshotWait::none);
  }
  void log(const Run& run, const preview::SyncFailure& failure) const;

  Services& services_;
  SharedConfig config_;
  /// The pull request at which each database's last pass stopped.
  std::map<std::string, std::optional<PullNumber>> reached_;
};

void PullRequests::sync(Run& run, PullNumber number) const {
  const auto forge = services_.forge(*config_);
  const auto failures = each_in_turn(run, previews(run), [&](const DatabasePreviews& each) {
    const auto synced = preview::sync(run, *forge, *each.backend, each.plan, number);
    services_.log().info(synced_line(synced, run.mode()), {{"run", run.id()}});
  });
  if (!failures.empty()) throw failures.front().error;
}

void PullRequests::reconcile(Run& run, const std::function<void()>& between) {
  const auto forge = services_.forge(*config_);
  std::vector<preview::SyncFailure> failed;
  const auto failures = each_in_turn(run, previews(run), [&](const DatabasePreviews& each) {
    auto& reached = reached_[each.name];
    preview::ReconcileCursor cursor{reached,
                                    [&] {
                                      reached = cursor.last;
                                      between();
                                    },
                                    k_one_pass};
    auto result = preview::reconcile(run, *forge, *each.backend, each.plan, cursor);
    for (auto& failure : result.failed) {
      log(run, failure);
      failed.push_back(std::move(failure));
    }
  });
  if (!failures.empty()) throw failures.front().error;
  if (!failed.empty()) throw failed.front().error;
}

void PullRequests::log(const Run& run, const preview::SyncFailure& failure) const {
  services_.log().error(fmt::format("pr-{}: {}", failure.number.value(), failure.error.message()),
                        {{"run", run.id()}, {"hint", failure.error.hint()}});
}

daemon::PullWork work_of(Services& services, const SharedConfig& config, MakeProgress progress) {
  const auto pulls = std::make_shared<PullRequests>(services, config);
  return {.sync = [pulls](Run& run, PullNumber number) { pulls->sync(run, number); },
          .reconcile =
              [pulls](Run& run, const std::function<void()>& between) {
                pulls->reconcile(run, between);
              },
          .progress =
              [progress = std::move(progress)](const std::string& run) {
                return progress({{"run", run}});
              },
          .every = config->reconcile_every(),
          .limit = k_one_pass};
}

/// Finds mistakes of the configuration that would fail every pass.
void check_beforehand(const config::Config& config) {
  config.forge_plan();
  config.gitops();
  preview::Texts{config.preview_pages().templates};
  for (const auto& name : config.preview_databases()) config.pull_policy(name);
}

}  // namespace

std::optional<PullDuty> pull_duty(Services& services, SharedConfig config, MakeProgress progress) {
  if (!config->has_forge() || config->preview_databases().empty()) return std::nullopt;
  check_beforehand(*config);
  PullDuty duty{{}, config->queue(), work_of(services, config, std::move(progress))};
  auto secrets = config->webhook_secrets();
  if (!secrets.empty()) {
    duty.receive = services.adapters().receive(std::move(secrets), config->forge_plan().repository);
  }
  return duty;
}

void PullService::set(std::optional<PullDuty> duty) {
  std::unique_ptr<daemon::Pulls> ended;  // waits for running work after the mutex is released
  const std::scoped_lock lock(mutex_);
  if (!duty) {
    receive_ = {};
    ended = std::move(pulls_);
    return;
  }
  if (!deliveries_) deliveries_ = std::make_unique<journal::Deliveries>(duty->queue);
  receive_ = std::move(duty->receive);
  if (pulls_) return pulls_->set(std::move(duty->work));
  const auto& adapters = services_.adapters();
  pulls_ = std::make_unique<daemon::Pulls>(
      daemon::Surroundings{adapters.clock, services_.log(), {}, adapters.stop}, *deliveries_,
      std::move(duty->work));
}

void PullService::wake() {
  const std::scoped_lock lock(mutex_);
  if (pulls_) pulls_->wake();
}

http::Handler PullService::webhook() {
  const std::scoped_lock lock(mutex_);
  if (!receive_) return {};
  return web::webhook_page(receive_, *deliveries_, services_.adapters().clock, [this] { wake(); });
}

http::Handler PullService::page(http::Handler others) {
  return [this, others = std::move(others)](const http::Incoming& request) {
    if (request.path != web::k_webhook_path) return others(request);
    const auto taken = webhook();
    return taken ? taken(request) : others(request);
  };
}

std::vector<daemon::Report> PullService::reports() const {
  const std::scoped_lock lock(mutex_);
  if (!pulls_) return {};
  return {pulls_->report()};
}

}  // namespace tidegate::app
