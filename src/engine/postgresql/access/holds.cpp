#include "engine/postgresql/access/holds.hpp"

#include <fmt/format.h>

namespace tidegate::engine::postgresql {
namespace {

Error held(std::string message, std::string hint) {
  Error error(ErrorKind::conflict, std::move(message), std::move(hint));
  error.mark_permanent();
  return error;
}

void refuse_prepared_transactions(SqlSession& session, Run& run, const DatabaseName& name) {
  const auto rows = session.ask(run, "SELECT gid, owner FROM pg_prepared_xacts WHERE database = $1",
                                {name.text()});
  if (rows.empty()) return;
  throw held(fmt::format("prepared transaction '{}' of '{}' holds database '{}'", rows.text(0, 0),
                         rows.text(0, 1), name.text()),
             "connect to that database and end it with COMMIT PREPARED or ROLLBACK PREPARED");
}

/// The server restarts the worker of a subscription whenever it is ended, and refuses to drop a
/// database that has a subscription.
void refuse_subscriptions(SqlSession& session, Run& run, const DatabaseName& name) {
  const auto rows = session.ask(run,
                                "SELECT s.subname FROM pg_subscription s "
                                "JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = $1",
                                {name.text()});
  if (rows.empty()) return;
  const auto quoted = session.name(rows.text(0, 0));
  throw held(fmt::format("subscription '{}' holds database '{}'", rows.text(0, 0), name.text()),
             fmt::format("connect to that database as its owner: ALTER SUBSCRIPTION {0} DISABLE; "
                         "ALTER SUBSCRIPTION {0} SET (slot_name = NONE); DROP SUBSCRIPTION {0}; "
                         "then drop its slot on the publisher with pg_drop_replication_slot()",
                         quoted));
}

void refuse_slots(SqlSession& session, Run& run, const DatabaseName& name) {
  const auto rows =
      session.ask(run, "SELECT slot_name FROM pg_replication_slots WHERE database = $1 AND active",
                  {name.text()});
  if (rows.empty()) return;
  throw held(fmt::format("logical replication slot '{}' holds database '{}'", rows.text(0, 0),
                         name.text()),
             fmt::format("end its subscriber, then SELECT pg_drop_replication_slot({})",
                         session.literal(rows.text(0, 0))));
}

}  // namespace

void refuse_holds(SqlSession& session, Run& run, const DatabaseName& name) {
  refuse_prepared_transactions(session, run, name);
  refuse_subscriptions(session, run, name);
  refuse_slots(session, run, name);
}

}  // namespace tidegate::engine::postgresql
