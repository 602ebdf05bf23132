#include <fmt/format.h>

#include <condition_variable>
#include <mutex>

#include "cli/app/database_jobs.hpp"
#include "cli/app/pull_service.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/terminal/progress_sinks.hpp"
#include "daemon/health.hpp"
#include "http/server.hpp"
#include "web/webhook.hpp"

namespace tidegate::cli {
namespace {

/// Rung by a signal, heard by the command.
class SignalBell {
 public:
  void ring() {
    const std::scoped_lock lock(mutex_);
    rung_ = true;
    wake_.notify_all();
  }
  /// @returns false when a stop was requested instead.
  bool wait(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, stop, [this] { return rung_; });
    rung_ = false;
    return !stop.stop_requested();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool rung_ = false;  // under mutex_
};

/// SIGHUP rings the bell for as long as this lives; without it, it would end the program.
class HangupListener {
 public:
  HangupListener(const Parts& parts, SignalBell& bell) : parts_(parts) {
    parts_.on_hangup([&bell] { bell.ring(); });
  }
  ~HangupListener() { parts_.on_hangup({}); }
  HangupListener(const HangupListener&) = delete;
  HangupListener& operator=(const HangupListener&) = delete;

 private:
  const Parts& parts_;
};

daemon::Surroundings surroundings_of(const CommandContext& session) {
  const auto progress = [&session](const daemon::Job& job, const std::string& run) {
    return std::make_unique<LogProgress>(session.log(), session.parts().clock,
                                         std::chrono::seconds{30},
                                         LogFields{{"database", job.database}, {"run", run}});
  };
  return {session.parts().clock, session.log(), progress, session.parts().stop};
}

/// @throws Error config: there can never be work, and the configuration does not say `off`.
void say_when_idle(const CommandContext& session, const config::Config& config, bool idle) {
  if (!idle) return;
  if (config.off()) {
    return session.log().info(
        "SNAPSHOT_ENABLED is off: no snapshots are taken; idle until told to stop");
  }
  for (const auto& name : config.database_names()) {
    if (config.enabled(name)) {
      throw Error(ErrorKind::config, fmt::format("'{}' has no schedule: nothing to do", name),
                  fmt::format("set 'databases.{}.snapshot.schedule' (cron, UTC), or 'enabled: "
                              "false' to let the daemon idle",
                              name));
    }
  }
  session.log().info("no database is enabled: no snapshots are taken; idle until told to stop");
}

struct Duties {
  std::vector<ServedDatabase> databases;
  std::optional<PullDuty> pulls;
};

/// The work that this configuration asks for, checked as far as possible before any of it starts.
Duties prepare(CommandContext& session, Run& run, config::Config config) {
  const auto kept = std::make_shared<const config::Config>(std::move(config));
  Duties duties{served_databases(session, *kept), pull_duty(session, kept)};
  say_when_idle(session, *kept, duties.databases.empty() && !kept->has_forge());
  check_places(session, run, duties.databases);
  return duties;
}

/// Everything that works behind the pages.
struct DaemonParts {
  daemon::Daemon daemon;
  ServedPulls pulls;
  void set(CommandContext& session, Duties duties) {
    pulls.set(std::move(duties.pulls));
    daemon.set(jobs_of(session, duties.databases));
  }
};

/// A configuration with mistakes changes nothing.
void reload(CommandContext& session, Run& run, DaemonParts& works) {
  try {
    works.set(session, prepare(session, run, session.load_again()));
    session.log().info("the configuration was read again, and is in force");
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled) return;
    session.log().error(
        "the configuration was read again and cannot be used; the one before stays "
        "in force: " +
            error.message(),
        {{"hint", error.hint()}});
  }
}

}  // namespace

int run_serve(CommandContext& session, const Invocation&) {
  SignalBell bell;
  const HangupListener hangups(session.parts(), bell);
  const auto& stop = session.parts().stop;
  auto& run = session.start(std::nullopt, CommandContext::Speech::quiet);
  auto duties = prepare(session, run, session.config());

  const auto& clock = session.parts().clock;
  const auto listen = session.config().listen();
  DaemonParts works{daemon::Daemon(surroundings_of(session)), ServedPulls(session)};
  http::ListenOptions where{.address = listen.address, .port = listen.port};
  if (duties.pulls) where.largest_body = web::k_largest_webhook;
  auto health = daemon::health_of(works.daemon, clock, session.parts().redactor,
                                  [&works] { return works.pulls.reports(); });
  const http::Server server(where, works.pulls.page(web::health_pages(std::move(health))),
                            session.log());
  session.log().info(fmt::format("health pages on {} port {}", listen.address, server.port()));
  const auto served = duties.databases;
  works.set(session, std::move(duties));
  warn_of_servers(session, served);
  while (bell.wait(stop)) reload(session, run, works);
  session.log().info("stopping");
  return 0;
}

}  // namespace tidegate::cli
