#include "cli/app/pull_service.hpp"

#include <fmt/format.h>

#include <map>

#include "cli/app/database_previews.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/terminal/progress_sinks.hpp"
#include "preview/texts.hpp"
#include "web/webhook.hpp"

namespace tidegate::cli {
namespace {

using Configured = std::shared_ptr<const config::Config>;

constexpr std::chrono::minutes k_one_look{30};

void sync_one(CommandContext& session, const config::Config& config, Run& run, PullNumber number) {
  const auto forge = forge_of(session, config);
  const auto previews = previewed(session, config, run, {}, SnapshotWait::none);
  const auto missed = each_in_turn(run, previews, [&](const DatabasePreviews& each) {
    const auto synced = preview::sync(run, *forge, *each.backend, each.plan, number);
    session.log().info(synced_line(synced, run.mode()), {{"run", run.id()}});
  });
  if (!missed.empty()) throw missed.front().error;
}

/// The pull request at which each database's last pass stopped.
using Reached = std::map<std::string, std::optional<PullNumber>>;

/// Throws the first failure after all have been processed; each failure is in the log.
void reconcile_all(CommandContext& session, const config::Config& config, Run& run,
                   Reached& reached, const std::function<void()>& between) {
  const auto forge = forge_of(session, config);
  std::vector<preview::SyncFailure> failed;
  const auto previews = previewed(session, config, run, {}, SnapshotWait::none);
  const auto missed = each_in_turn(run, previews, [&](const DatabasePreviews& each) {
    preview::ReconcileCursor rounds{reached[each.name],
                                    [&] {
                                      reached[each.name] = rounds.last;
                                      between();
                                    },
                                    k_one_look};
    auto result = preview::reconcile(run, *forge, *each.backend, each.plan, rounds);
    for (auto& one : result.failed) {
      session.log().error(fmt::format("pr-{}: {}", one.number.value(), one.error.message()),
                          {{"run", run.id()}, {"hint", one.error.hint()}});
      failed.push_back(std::move(one));
    }
  });
  if (!missed.empty()) throw missed.front().error;
  if (!failed.empty()) throw failed.front().error;
}

daemon::PullWork work_of(CommandContext& session, const Configured& config) {
  const auto progress = [&session](const std::string& run) -> std::unique_ptr<Progress> {
    return std::make_unique<LogProgress>(session.log(), session.parts().clock,
                                         std::chrono::seconds{30}, LogFields{{"run", run}});
  };
  return {.sync = [&session, config](
                      Run& run, PullNumber number) { sync_one(session, *config, run, number); },
          .reconcile =
              [&session, config, reached = std::make_shared<Reached>()](
                  Run& run, const std::function<void()>& between) {
                reconcile_all(session, *config, run, *reached, between);
              },
          .progress = progress,
          .every = config->reconcile_every(),
          .limit = k_one_look};
}

/// Finds mistakes of the configuration that would fail every pass.
void check_beforehand(const config::Config& config) {
  config.forge_plan();
  config.gitops();
  preview::Texts{config.preview_pages().templates};
  for (const auto& name : config.preview_databases()) config.pull_policy(name);
}

}  // namespace

std::optional<PullDuty> pull_duty(CommandContext& session, Configured config) {
  if (!config->has_forge() || config->preview_databases().empty()) return std::nullopt;
  check_beforehand(*config);
  session.journal();  // made by one thread, used by others
  PullDuty duty{{}, config->queue(), work_of(session, config)};
  auto secrets = config->webhook_secrets();
  if (!secrets.empty()) {
    duty.receive = session.parts().receive(std::move(secrets), config->forge_plan().repository);
  }
  return duty;
}

void ServedPulls::set(std::optional<PullDuty> duty) {
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
  const auto& parts = session_.parts();
  pulls_ = std::make_unique<daemon::Pulls>(
      daemon::Surroundings{parts.clock, session_.log(), {}, parts.stop}, *deliveries_,
      std::move(duty->work));
}

void ServedPulls::wake() {
  const std::scoped_lock lock(mutex_);
  if (pulls_) pulls_->wake();
}

http::Handler ServedPulls::webhook() {
  const std::scoped_lock lock(mutex_);
  if (!receive_) return {};
  return web::webhook_page(receive_, *deliveries_, session_.parts().clock, [this] { wake(); });
}

http::Handler ServedPulls::page(http::Handler others) {
  return [this, others = std::move(others)](const http::Incoming& request) {
    if (request.path != web::k_webhook_path) return others(request);
    const auto taken = webhook();
    return taken ? taken(request) : others(request);
  };
}

std::vector<daemon::Report> ServedPulls::reports() const {
  const std::scoped_lock lock(mutex_);
  if (!pulls_) return {};
  return {pulls_->report()};
}

}  // namespace tidegate::cli
