#include "app/daemon_service.hpp"

#include <fmt/format.h>

#include "daemon/health.hpp"

namespace tidegate::app {
namespace {

daemon::Surroundings surroundings_of(const Services& services, const MakeProgress& progress) {
  const auto& adapters = services.adapters();
  const auto of_job = [progress](const daemon::Job& job, const std::string& run) {
    return progress({{"database", job.database}, {"run", run}});
  };
  return {adapters.clock, services.log(), of_job, adapters.stop};
}

/// @throws Error config: there can never be work, and the configuration does not say `off`.
void report_idle(Log& log, const config::Config& config) {
  if (config.off()) {
    return log.info("SNAPSHOT_ENABLED is off: no snapshots are taken; idle until told to stop");
  }
  for (const auto& name : config.database_names()) {
    if (config.enabled(name)) {
      throw Error(ErrorKind::config, fmt::format("'{}' has no schedule: nothing to do", name),
                  fmt::format("set 'databases.{}.snapshot.schedule' (cron, UTC), or 'enabled: "
                              "false' to let the daemon idle",
                              name));
    }
  }
  log.info("no database is enabled: no snapshots are taken; idle until told to stop");
}

}  // namespace

DaemonService::DaemonService(Services& services, MakeProgress progress)
    : services_(services),
      progress_(std::move(progress)),
      daemon_(surroundings_of(services_, progress_)),
      pulls_(services_) {}

Duties DaemonService::prepare(Run& run, const SharedConfig& config) const {
  Duties duties{served_databases(services_, *config), pull_duty(services_, config, progress_)};
  if (duties.databases.empty() && !config->has_forge()) report_idle(services_.log(), *config);
  check_places(services_, run, duties.databases);
  return duties;
}

void DaemonService::set(Duties duties) {
  pulls_.set(std::move(duties.pulls));
  daemon_.set(jobs_of(services_, duties.databases));
}

http::Handler DaemonService::pages() {
  auto health =
      daemon::health_of(daemon_, services_.adapters().clock, services_.adapters().redactor,
                        [this] { return pulls_.reports(); });
  return pulls_.page(web::health_pages(std::move(health)));
}

}  // namespace tidegate::app
