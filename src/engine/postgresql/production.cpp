#include "engine/postgresql/production.hpp"

#include <fmt/format.h>

#include "engine/postgresql/create.hpp"
#include "engine/postgresql/dump.hpp"
#include "engine/postgresql/load.hpp"
#include "engine/postgresql/moment.hpp"
#include "engine/postgresql/settings.hpp"
#include "engine/postgresql/together.hpp"

namespace tidegate::engine::postgresql {
namespace {

void expect(Run& run, const std::vector<Relation>& relations) {
  std::int64_t documents = 0;
  Bytes bytes;
  int items = 0;
  for (const auto& each : relations) {
    if (each.is_view()) continue;
    ++items;
    documents += each.rows;
    bytes += each.data;
  }
  run.progress().expect(items, documents, bytes);
}

void report(Run& run, const Relation& relation, const Sum& sum) {
  ItemResult result;
  result.documents = sum.documents;
  result.bytes = sum.bytes;
  result.indexes = relation.indexes;
  if (relation.is_view()) result.note = "view";
  run.progress().item_finished(relation.name, result);
}

/// A copy must not sign in elsewhere.
void drop_sign_ins(Run& run, Session& session) {
  const auto rows =
      session.ask(run, "SELECT umuser = 0, coalesce(usename, ''), srvname FROM pg_user_mappings");
  for (int row = 0; row < rows.count(); ++row) {
    session.tell(run, fmt::format("DROP USER MAPPING FOR {} SERVER {}",
                                  rows.flag(row, 0) ? "PUBLIC" : session.name(rows.text(row, 1)),
                                  session.name(rows.text(row, 2))));
  }
}

/// A planner that knows nothing of a copy would make every preview slow.
void finish(Run& run, Server& server, const DatabaseName& database) {
  auto session = server.open(run, database);
  drop_sign_ins(run, session);
  session.tell(run, "ANALYZE");
}

/// What is in a snapshot may belong to a role of which those who fill previews are members. The
/// snapshot itself belongs to who takes it, so that they cannot let themselves in and write to it.
void keep_from_members(Run& run, SessionLease& lease, const StagedDatabase& staged) {
  if (staged.request().owner.empty()) return;
  auto& session = lease.session();
  session.tell(run, fmt::format("ALTER DATABASE {} OWNER TO CURRENT_USER",
                                session.name(staged.name().text())));
}

Filling filling_of(const StagedDatabase& staged) {
  return {staged.name(), staged.request().owner, staged.request().parallel};
}

}  // namespace

void copy_production(Run& run, Server& server, SessionLease& lease, StagedDatabase& staged) {
  const auto& request = staged.request();
  Moment moment(run, server, request.source);
  staged.set_cut(moment.time());
  auto choice = choose(request.items, moment.relations(run));
  if (!choice.gone.empty()) {
    staged.set_changed(
        fmt::format("'{}' of '{}' is gone", choice.gone.front(), request.source.text()));
    return;
  }
  expect(run, choice.taken);
  create_empty(run, lease.session(), staged.name(), request.source, staged.note(run));
  std::vector<Sum> sums;
  together(
      run,
      [&](Run& own) {
        pipe(own, server, moment, request.source, choice.left_out, filling_of(staged));
      },
      [&](Run& own) { sums = moment.sum_all(own, choice.taken, request.parallel); });
  finish(run, server, staged.name());
  carry_settings(run, lease.session(), request.source, staged.name(), request.owner);
  keep_from_members(run, lease, staged);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    report(run, choice.taken[i], sums[i]);
    const auto name = choice.taken[i].name;
    staged.sources()[name] = {std::move(choice.taken[i]), sums[i]};
  }
}

void load_archive(Run& run, Server& server, SessionLease& lease, StagedDatabase& staged) {
  const auto& request = staged.request();
  // An archive says nothing of the database as a whole; where its source is here, that one does.
  create_empty(run, lease.session(), staged.name(), request.source, staged.note(run));
  load(run, server, *request.archive, filling_of(staged));
  finish(run, server, staged.name());
  carry_settings(run, lease.session(), request.source, staged.name(), request.owner);
  staged.set_cut(request.snapshot->timestamp);
  staged.set_contents(request.snapshot->contents);
}

}  // namespace tidegate::engine::postgresql
