#include "engine/postgresql/driver/server.hpp"

#include <fmt/format.h>

namespace tidegate::engine::postgresql {
namespace {

void refuse_too_old(const SqlSession& session) {
  const int version = session.version();
  if (version >= k_oldest_version) return;
  throw Error(ErrorKind::refused,
              fmt::format("the server at {} is PostgreSQL {}; the oldest supported version is {}",
                          session.display(), version / 10000, k_oldest_version / 10000),
              fmt::format("upgrade the server to {} or later", k_oldest_version / 10000));
}

}  // namespace

Server::Server(const Endpoint& endpoint)
    : conninfo_(endpoint), sign_in_wait_(endpoint.sign_in_wait) {}

SqlSession Server::open(Run& run) const {
  SqlSession session(run, conninfo_, sign_in_wait_);
  refuse_too_old(session);
  return session;
}

SqlSession Server::open(Run& run, const DatabaseName& database) const {
  SqlSession session(run, conninfo_.with_database(database), sign_in_wait_);
  refuse_too_old(session);
  return session;
}

Rows Server::ask(Run& run, const std::string& sql, const Parameters& parameters) {
  return ask(run, [&](SqlSession& session) { return session.ask(run, sql, parameters); });
}

Rows Server::ask(Run& run, const std::function<Rows(SqlSession&)>& work) {
  const std::lock_guard lock(mutex_);
  if (kept_ && kept_for_ == run.id()) {
    try {
      return work(*kept_);
    } catch (const Error&) {
      if (!kept_->lost()) throw;
      run.check();
    }
  }
  kept_.reset();
  kept_ = open(run);
  kept_for_ = run.id();
  return work(*kept_);
}

int Server::version(Run& run) {
  int version = 0;
  ask(run, [&](SqlSession& session) {
    version = session.version();
    return session.ask(run, "SELECT 1");
  });
  return version;
}

SystemTime Server::now(Run& run) { return ask(run, fmt::format("SELECT {}", k_now)).time(0, 0); }

DatabaseName Server::maintenance() const {
  return DatabaseName(conninfo_.value("dbname"), EngineKind::postgresql);
}

}  // namespace tidegate::engine::postgresql
