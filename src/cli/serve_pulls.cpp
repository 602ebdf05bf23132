#include "cli/serve_pulls.hpp"

#include <fmt/format.h>

#include "cli/progress_sinks.hpp"
#include "cli/pull_desk.hpp"
#include "cli/session.hpp"
#include "daemon/health.hpp"
#include "daemon/metrics.hpp"
#include "daemon/pulls.hpp"
#include "web/webhook.hpp"

namespace tidegate::cli {
namespace {

constexpr std::chrono::minutes k_one_look{30};

void sync_one(Session& session, Run& run, PullNumber number) {
  const auto forge = forge_of(session);
  for (const auto& each : previewed(session, run, {}, Patience::none)) {
    const auto synced = preview::sync(run, *forge, *each.carrier, each.plan, number);
    session.log().info(synced_line(synced, run.mode()), {{"run", run.id()}});
  }
}

/// The first failure is thrown when all have been looked at; each is in the log.
void reconcile_all(Session& session, Run& run) {
  const auto forge = forge_of(session);
  std::vector<preview::NotSynced> failed;
  for (const auto& each : previewed(session, run, {}, Patience::none)) {
    auto result = preview::reconcile(run, *forge, *each.carrier, each.plan);
    for (auto& one : result.failed) {
      session.log().error(fmt::format("pr-{}: {}", one.number.value(), one.error.message()),
                          {{"run", run.id()}, {"hint", one.error.hint()}});
      failed.push_back(std::move(one));
    }
  }
  if (!failed.empty()) throw failed.front().error;
}

daemon::PullWork work_of(Session& session) {
  const auto progress = [&session](const std::string& run) -> std::unique_ptr<Progress> {
    return std::make_unique<LogProgress>(session.log(), session.parts().clock,
                                         std::chrono::seconds{30}, LogFields{{"run", run}});
  };
  return {.sync = [&session](Run& run, PullNumber number) { sync_one(session, run, number); },
          .reconcile = [&session](Run& run) { reconcile_all(session, run); },
          .progress = progress,
          .every = session.config().reconcile_every(),
          .limit = k_one_look};
}

class Served final : public ServedPulls {
 public:
  explicit Served(Session& session)
      : clock_(session.parts().clock),
        secrets_(session.config().webhook_secrets()),
        receive_(session.parts().receive(secrets_, session.config().forge_plan().repository)),
        deliveries_(session.config().queue()),
        pulls_({session.parts().clock, session.log(), {}, session.parts().stop}, deliveries_,
               work_of(session)) {}

  http::Handler page(http::Handler others) override {
    if (secrets_.empty()) return others;
    auto webhook = web::webhook_page(receive_, deliveries_, clock_, [this] { pulls_.wake(); });
    return [webhook = std::move(webhook), others = std::move(others)](const auto& request) {
      return request.path == web::k_webhook_path ? webhook(request) : others(request);
    };
  }

  std::size_t largest_body() const override {
    return secrets_.empty() ? http::Listen().largest_body : web::k_largest_webhook;
  }

  web::Health health(web::Health health) const override {
    health.ready = [this, ready = std::move(health.ready)] {
      auto all = ready();
      for (auto& one : daemon::conditions({pulls_.report()}, clock_.now())) {
        all.push_back(std::move(one));
      }
      return all;
    };
    return health;
  }

 private:
  const Clock& clock_;
  std::vector<Secret> secrets_;
  forge::Receive receive_;
  journal::Deliveries deliveries_;
  daemon::Pulls pulls_;
};

}  // namespace

std::unique_ptr<ServedPulls> serve_pulls(Session& session) {
  const auto& config = session.config();
  if (!config.has_forge() || config.preview_databases().empty()) return nullptr;
  session.journal();  // made by one thread, used by others
  return std::make_unique<Served>(session);
}

}  // namespace tidegate::cli
