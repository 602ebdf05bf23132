#include <fmt/format.h>

#include <condition_variable>
#include <mutex>

#include "cli/progress_sinks.hpp"
#include "cli/serve_jobs.hpp"
#include "cli/serve_pulls.hpp"
#include "cli/session.hpp"
#include "daemon/health.hpp"
#include "http/server.hpp"

namespace tidegate::cli {
namespace {

/// Rung by a signal, heard by the command.
class Bell {
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
class Hangups {
 public:
  Hangups(const Parts& parts, Bell& bell) : parts_(parts) {
    parts_.on_hangup([&bell] { bell.ring(); });
  }
  ~Hangups() { parts_.on_hangup({}); }
  Hangups(const Hangups&) = delete;
  Hangups& operator=(const Hangups&) = delete;

 private:
  const Parts& parts_;
};

daemon::Surroundings surroundings_of(const Session& session) {
  const auto progress = [&session](const daemon::Job& job, const std::string& run) {
    return std::make_unique<LogProgress>(session.log(), session.parts().clock,
                                         std::chrono::seconds{30},
                                         LogFields{{"database", job.database}, {"run", run}});
  };
  return {session.parts().clock, session.log(), progress, session.parts().stop};
}

/// @throws Error config: there is nothing that could ever be done, and nobody has said so.
void say_when_idle(const Session& session, const config::Config& config, bool idle) {
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

/// What there is to do by this configuration, checked as far as that can be done beforehand.
std::vector<Served> prepare(const Session& session, Run& run, const config::Config& config) {
  auto served = served_databases(session, config);
  say_when_idle(session, config, served.empty() && !config.has_forge());
  check_places(session, run, served);
  return served;
}

/// A bad one changes nothing.
void reload(Session& session, Run& run, daemon::Daemon& daemon) {
  try {
    const auto config = session.load_again();
    const auto served = prepare(session, run, config);
    daemon.set(jobs_of(session, served));
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

int run_serve(Session& session, const Invocation&) {
  Bell bell;
  const Hangups hangups(session.parts(), bell);
  const auto& stop = session.parts().stop;
  auto& run = session.start(std::nullopt, Session::Speech::quiet);
  const auto served = prepare(session, run, session.config());

  const auto& clock = session.parts().clock;
  daemon::Daemon daemon(surroundings_of(session));
  const auto listen = session.config().listen();
  const auto pulls = serve_pulls(session);
  auto health = daemon::health_of(daemon, clock, session.parts().redactor);
  http::Listen where{.address = listen.address, .port = listen.port};
  if (pulls) {
    health = pulls->health(std::move(health));
    where.largest_body = pulls->largest_body();
  }
  auto pages = web::health_pages(std::move(health));
  if (pulls) pages = pulls->page(std::move(pages));
  const http::Server server(where, std::move(pages), session.log());
  session.log().info(fmt::format("health pages on {} port {}", listen.address, server.port()));
  daemon.set(jobs_of(session, served));
  warn_of_servers(session, served);
  while (bell.wait(stop)) reload(session, run, daemon);
  session.log().info("stopping");
  return 0;
}

}  // namespace tidegate::cli
