#include <fmt/format.h>

#include "engine/postgresql/copy/database.hpp"
#include "engine/postgresql/copy/staged.hpp"

namespace tidegate::engine::postgresql {
namespace {

/// For the steps after the commit point.
constexpr std::chrono::milliseconds k_grace{60'000};

/// Lets no session in while a database is replaced or dropped. Opens it again at the end, unless
/// the operation succeeded or the lease is lost: then recovery opens it.
class ConnectionGuard {
 public:
  ConnectionGuard(Run& run, SessionLease& lease) : run_(run), lease_(lease) { set(run, "false"); }
  ~ConnectionGuard() {
    const bool stays_shut = lease_.target().role() == WriteTarget::Role::snapshot;
    if (!done_ && !stays_shut && !lease_.session().lost()) reopen();
  }
  ConnectionGuard(const ConnectionGuard&) = delete;
  ConnectionGuard& operator=(const ConnectionGuard&) = delete;
  void done() { done_ = true; }

 private:
  void set(Run& run, const char* allowed) {
    auto& session = lease_.session();
    session.tell(run,
                 fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS {}",
                             session.name(lease_.database().text()), allowed),
                 fmt::format("to own database '{}'", lease_.database().text()));
  }
  void reopen() noexcept {
    try {
      // The run itself may be stopped, or its time limit passed.
      SilentProgress silent;
      Run own(run_.id(), run_.clock(), run_.log(), silent, {}, time_to_clear(run_));
      set(own, "true");
    } catch (const std::exception& error) {
      run_.log().warning(
          fmt::format("cannot allow connections to '{}' again: {}; the next run allows them",
                      lease_.database().text(), error.what()),
          {{"run", run_.id()}});
    }
  }

  Run& run_;
  SessionLease& lease_;
  bool done_ = false;
};

/// The statements of the commit as one message, which the server runs as one transaction.
std::string swap(SqlSession& session, const SessionLease& lease, const DatabaseName& staged,
                 const std::string& comment) {
  const auto target = session.name(lease.database().text());
  auto sql = fmt::format("ALTER DATABASE {} RENAME TO {};\nCOMMENT ON DATABASE {} IS {};\n",
                         session.name(staged.text()), target, target, session.literal(comment));
  if (lease.target().role() == WriteTarget::Role::snapshot) {
    // Previews are copies of it; connected clients would block them.
    sql += fmt::format("ALTER DATABASE {} IS_TEMPLATE true ALLOW_CONNECTIONS false;\n", target);
  }
  return sql;
}

std::string move_aside(Run& run, SqlSession& session, const SessionLease& lease,
                       const DatabaseName& aside) {
  const StagingNote note{lease.database().text(), run.id(), Purpose::aside};
  const auto name = session.name(aside.text());
  return fmt::format("ALTER DATABASE {} RENAME TO {};\nCOMMENT ON DATABASE {} IS {};\n",
                     session.name(lease.database().text()), name, name,
                     session.literal(comment_of(note)));
}

/// When the answer is lost, the publish is in doubt: then nothing is discarded, and the next try
/// asks the server.
void commit(Run& run, SessionLease& lease, StagedDatabase& staged, const std::string& sql) {
  auto& session = lease.session();
  run.check();
  staged.disarm();
  try {
    tell_once_unused(session, run, sql);
  } catch (const Error&) {
    if (session.lost()) {
      run.shield(k_grace);
    } else {
      staged.arm();
    }
    throw;
  }
  run.shield(k_grace);
}

void drop_aside(Run& run, SessionLease& lease, const DatabaseName& aside) {
  try {
    drop_database(lease.session(), run, aside);
    unlock(lease.session(), run, aside);
  } catch (const Error& error) {
    run.log().warning(
        "published, but the previous content could not be removed; the next run removes it: " +
            error.message(),
        {{"run", run.id()}});
  }
}

}  // namespace

void publish(Run& run, SessionLease& lease, StagedDatabase& staged, const Metadata& metadata) {
  auto& session = lease.session();
  lease.confirm(run);
  const auto old = find_database(session, run, lease.database());
  const auto comment = comment_of(metadata, old ? own_words_in(old->comment) : std::string());
  auto sql = swap(session, lease, staged.name(), comment);
  end_connections(session, run, staged.name());
  if (!old) return commit(run, lease, staged, sql);
  const auto aside = lease.free_staging_name(run);
  ConnectionGuard door(run, lease);
  end_connections(session, run, lease.database());
  commit(run, lease, staged, move_aside(run, session, lease, aside) + sql);
  door.done();
  drop_aside(run, lease, aside);
}

void drop(Run& run, SessionLease& lease) {
  auto& session = lease.session();
  lease.confirm(run);
  if (!find_database(session, run, lease.database())) return;
  ConnectionGuard door(run, lease);
  end_connections(session, run, lease.database());
  run.check();
  // An interrupted drop leaves a database that can only be dropped.
  if (!run.shielded()) run.shield(k_grace);
  drop_database(session, run, lease.database());
  door.done();
}

}  // namespace tidegate::engine::postgresql
