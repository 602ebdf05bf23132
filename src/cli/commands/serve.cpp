#include <fmt/format.h>

#include <condition_variable>
#include <mutex>

#include "app/daemon_service.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "cli/terminal/progress_sinks.hpp"
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

app::MakeProgress progress_in_log(const CommandContext& session) {
  return [&log = session.log(), &clock = session.parts().adapters.clock](LogFields about) {
    return std::make_unique<LogProgress>(log, clock, std::chrono::seconds{30}, std::move(about));
  };
}

/// A configuration with mistakes changes nothing.
void reload(const CommandContext& session, Run& run, app::DaemonService& service) {
  try {
    const auto config = std::make_shared<const config::Config>(session.load_again());
    service.set(service.prepare(run, config));
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

int run_serve(CommandContext& session, const Invocation&) {
  SignalBell bell;
  const HangupListener hangups(session.parts(), bell);
  auto& services = session.services();
  auto& run = session.start(std::nullopt, CommandContext::Speech::quiet);
  app::DaemonService service(services, progress_in_log(session));
  auto duties = service.prepare(run, session.shared_config());

  const auto listen = session.config().listen();
  http::ListenOptions where{.address = listen.address, .port = listen.port};
  if (duties.pulls) where.largest_body = web::k_largest_webhook;
  const http::Server server(where, service.pages(), session.log());
  session.log().info(fmt::format("health pages on {} port {}", listen.address, server.port()));
  const auto served = duties.databases;
  service.set(std::move(duties));
  app::warn_of_servers(services, served);
  while (bell.wait(services.adapters().stop)) reload(session, run, service);
  session.log().info("stopping");
  return 0;
}

}  // namespace

Command serve_command() {
  return {
      .name = "serve",
      .arguments = "",
      .summary = "the daemon: takes snapshots when they are due",
      .details =
          "Takes the snapshot of every database that has a schedule (UTC), tries again after a "
          "failure until it succeeds or the next one is due, and catches up once on snapshots "
          "that were missed while it was not running. Without a file the environment alone is "
          "used (SNAPSHOT_ENABLED, DATABASE_URL ...). /healthz and /readyz report its health. "
          "SIGTERM stops and discards a running snapshot, SIGHUP reads the configuration again.",
      .examples = {{"tidegate serve", "what the configuration says"},
                   {"tidegate serve --listen :8080", "health pages for other machines too"}},
      .needs = Needs::file,
      .run = run_serve};
}

}  // namespace tidegate::cli
