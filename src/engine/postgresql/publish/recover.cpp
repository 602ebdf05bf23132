#include "engine/postgresql/publish/recover.hpp"

#include <fmt/format.h>

#include "engine/postgresql/copy/database.hpp"

namespace tidegate::engine::postgresql {
namespace {

/// Made by a run that died before it set the comment: a staging name, without a comment, whose lock
/// no living session holds.
bool is_unowned(const Database& database) {
  return is_staging_name(database.name.text()) && database.comment.empty();
}

/// Whether a session of the run that made it exists. An earlier try of this very run has none but
/// ours.
bool has_a_living_run(Run& run, SessionLease& lease, const Database& left) {
  const auto digits = digits_in(left.name.text());
  if (digits == digits_of_run(run.id())) return false;
  const auto alive = lease.session().ask(
      run,
      "SELECT count(*) FROM pg_stat_activity WHERE starts_with(application_name, 'tidegate/') "
      "AND strpos(application_name, '-' || $1) > 0",
      {digits});
  return alive.number(0, 0) > 0;
}

void clear(Run& run, SessionLease& lease, const Database& left) {
  auto& session = lease.session();
  if (has_a_living_run(run, lease, left) || !try_lock(session, run, left.name)) return;
  lease.confirm(run);
  drop_database(session, run, left.name);
  unlock(session, run, left.name);
  const auto note = staging_in(left.comment);
  if (!note) {
    lease.add_recovered(
        fmt::format("'{}' was removed: a run died just after it created it", left.name.text()));
  } else if (note->purpose == Purpose::aside) {
    lease.add_recovered(
        fmt::format("run {} died after publishing; the previous content of '{}' was removed",
                    note->run, lease.database().text()));
  } else {
    lease.add_recovered(
        fmt::format("staging data of run {} was removed ('{}')", note->run, left.name.text()));
  }
}

void finish_drop(Run& run, SessionLease& lease) {
  lease.confirm(run);
  drop_database(lease.session(), run, lease.database());
  lease.add_recovered(
      fmt::format("an interrupted drop of '{}' is finished now", lease.database().text()));
}

}  // namespace

void recover(Run& run, SessionLease& lease) {
  auto& session = lease.session();
  const auto all = all_databases(session, run);
  for (const auto& each : staging_of(all, lease.database())) clear(run, lease, each);
  for (const auto& each : all) {
    if (is_unowned(each)) clear(run, lease, each);
  }
  const auto published = find_database(session, run, lease.database());
  if (!published) return;
  if (published->is_invalid) return finish_drop(run, lease);
  if (published->allows_connections || lease.target().role() == WriteTarget::Role::snapshot) return;
  session.tell(run, fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS true",
                                session.name(lease.database().text())));
  lease.add_recovered(fmt::format("'{}' allows connections again; a dead run had blocked them",
                                  lease.database().text()));
}

}  // namespace tidegate::engine::postgresql
