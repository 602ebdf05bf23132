#include "engine/postgresql/copy/production.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/bytes.hpp"
#include "engine/postgresql/archive/dump.hpp"
#include "engine/postgresql/archive/load.hpp"
#include "engine/postgresql/copy/create.hpp"
#include "engine/postgresql/copy/definition.hpp"
#include "engine/postgresql/copy/exported_snapshot.hpp"
#include "engine/postgresql/copy/prepare.hpp"
#include "engine/postgresql/copy/schema_read.hpp"
#include "engine/postgresql/copy/settings.hpp"
#include "engine/postgresql/driver/programs.hpp"
#include "engine/postgresql/driver/session_options.hpp"
#include "engine/postgresql/driver/together.hpp"

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

void report(Run& run, const Relation& relation, const Checksum& sum) {
  ItemResult result;
  result.documents = sum.documents;
  result.bytes = sum.bytes;
  result.indexes = relation.indexes;
  if (relation.is_view()) result.note = content_of(relation).type;
  run.progress().item_finished(relation.name, result);
}

/// A copy must not sign in to other servers.
void drop_sign_ins(Run& run, SqlSession& session) {
  const auto rows =
      session.ask(run, "SELECT umuser = 0, coalesce(usename, ''), srvname FROM pg_user_mappings");
  for (int row = 0; row < rows.count(); ++row) {
    session.tell(run, fmt::format("DROP USER MAPPING FOR {} SERVER {}",
                                  rows.flag(row, 0) ? "PUBLIC" : session.name(rows.text(row, 1)),
                                  session.name(rows.text(row, 2))));
  }
}

/// Without statistics the planner would make every preview slow. ANALYZE computes expressions of
/// indexes, so it runs under the settings of the sessions that wrote the rows.
void finish(Run& run, SqlSession& session, const std::vector<Setting>& writing) {
  drop_sign_ins(run, session);
  apply(run, session, writing);
  session.tell(run, "ANALYZE");
}

/// A dump holds no rows of materialized views: each is computed where it is restored.
void say_refreshed(Run& run, std::int64_t views, const DatabaseName& source) {
  if (views == 0) return;
  run.progress().step(Mark::ok, "refreshed",
                      fmt::format("{} under the settings of '{}'",
                                  counted(views, "materialized view"), source.text()));
}

/// Users that fill previews may be members of the role that owns the objects in a snapshot. So the
/// snapshot itself belongs to the user that takes it: no other user can allow connections to it and
/// write to it.
void keep_from_members(Run& run, SessionLease& lease, const StagedDatabase& staged) {
  if (staged.request().owner.empty()) return;
  auto& session = lease.session();
  session.tell(run, fmt::format("ALTER DATABASE {} OWNER TO CURRENT_USER",
                                session.name(staged.name().text())));
}

LoadTarget filling_of(const StagedDatabase& staged, std::vector<Setting> writing) {
  return {staged.name(), staged.request().owner, staged.request().parallel, std::move(writing)};
}

std::vector<SchemaException> join(std::vector<SchemaException> a,
                                  const std::vector<SchemaException>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Reads the copy when it is complete and before its owner is set back.
void compare_with(Run& run, Server& server, StagedDatabase& staged,
                  const std::optional<DatabaseDefinition>& definition, const SchemaOutline& known,
                  const ReadSchema& source, const Programs& programs, const CopyRules& rules) {
  // A new session starts as pg_dump's will: the database has its settings by now.
  auto session = server.open(run, staged.name());
  if (definition) {
    staged.add_differences(definition_differences(
        *definition, read_definition(run, session, staged.name()), rules.exceptions));
  }
  staged.add_differences(compare_schemas(run, session, known, source,
                                         schema_of(run, session, server, staged.name(), programs),
                                         rules));
}

/// Tables were reported when they were copied.
void report_all(Run& run, StagedDatabase& staged, std::vector<Relation> taken,
                const std::vector<Checksum>& sums) {
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if (!taken[i].holds_rows()) report(run, taken[i], sums[i]);
    const auto name = taken[i].name;
    staged.sources()[name] = {std::move(taken[i]), sums[i]};
  }
}

std::int64_t refreshed(const std::vector<Relation>& relations) {
  return std::count_if(relations.begin(), relations.end(),
                       [](const Relation& each) { return each.kind == 'm' && each.populated; });
}

/// For an archive without a locale, that of the database itself where it is on this server.
std::optional<DatabaseDefinition> definition_for(Run& run, SqlSession& session,
                                                 const StageRequest& request) {
  if (!request.snapshot->definition.empty()) {
    auto definition = definition_in(request.snapshot->definition);
    if (!definition.rights) definition.rights = rights_of(run, session, request.source);
    return definition;
  }
  auto locale = find_locale(run, session, request.source);
  if (!locale) return std::nullopt;
  return DatabaseDefinition{std::move(*locale),
                            settings_of(run, session, request.source),
                            writing_settings(run, session, request.source),
                            {},
                            rights_of(run, session, request.source)};
}

/// Removes relations that the plan leaves out, and corrects the number of indexes of the others.
void keep_carried(std::vector<Relation>& taken, std::vector<Checksum>& sums,
                  const PreparedCopy& prepared) {
  std::vector<Content> contents;
  for (const auto& relation : taken) {
    contents.push_back(content_of(relation));
    contents.back().indexes = relation.indexes;
  }
  std::map<std::string, int> carried;
  for (const auto& content : without_left_out(prepared.entries, prepared.plan, contents)) {
    carried[content.name] = content.indexes;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    const auto found = carried.find(taken[i].name);
    if (found == carried.end()) continue;
    taken[i].indexes = found->second;
    if (kept != i) {
      taken[kept] = std::move(taken[i]);
      sums[kept] = std::move(sums[i]);
    }
    ++kept;
  }
  taken.resize(kept);
  sums.resize(kept);
}

}  // namespace

void copy_production(Run& run, Server& server, SessionLease& lease, StagedDatabase& staged) {
  const auto& request = staged.request();
  ExportedSnapshot moment(run, server, request.source);
  staged.set_cut(moment.time());
  auto choice = choose(request.items, moment.relations(run));
  if (!choice.gone.empty()) {
    staged.set_changed(
        fmt::format("'{}' no longer exists in '{}'", choice.gone.front(), request.source.text()));
    return;
  }
  const auto prepared = prepare_production(run, server, moment, request.source, choice.left_out,
                                           {request.owner, request.carry});
  say_and_require(run, prepared, ErrorKind::refused);
  if (auto changed = moment.hold(run, choice.taken); !changed.empty()) {
    staged.set_changed(std::move(changed));
    return;
  }
  expect(run, choice.taken);
  const auto definition = read_definition(run, moment.session(), request.source);
  const auto filling = filling_of(staged, definition.writing);
  const auto source = schema_of(prepared.programs, *prepared.schema);
  auto rules = rules_of(prepared, request.owner);
  create_empty(run, lease.session(), staged.name(), definition.locale, staged.note(run));
  SchemaOutline known;
  std::vector<Checksum> sums;
  together(
      run,
      [&](Run& own) {
        sums = fill(own, server, moment, request.source, prepared, filling, choice.taken);
      },
      [&](Run& own) { known = outline(own, source, rules.owners); });
  auto session = server.open(run, staged.name());
  finish(run, session, definition.writing);
  keep_carried(choice.taken, sums, prepared);
  say_refreshed(run, refreshed(choice.taken), request.source);
  rules.exceptions = join(std::move(rules.exceptions),
                          carry_settings(run, lease.session(), definition.settings,
                                         definition.rights, staged.name(), request.owner));
  compare_with(run, server, staged, definition, known, source, prepared.programs, rules);
  keep_from_members(run, lease, staged);
  report_all(run, staged, std::move(choice.taken), sums);
}

engine::CopyOutlook outlook(Run& run, Server& server, const engine::CopyQuestion& question) {
  ExportedSnapshot moment(run, server, question.source);
  auto choice = choose(question.items, moment.relations(run));
  const auto prepared =
      prepare_production(run, server, moment, question.source, std::move(choice.left_out),
                         {question.owner, question.carry, !question.archive});
  return {prepared.plan.said(),
          refusal_of(prepared, question.archive ? ErrorKind::verification : ErrorKind::refused)};
}

void load_archive(Run& run, Server& server, SessionLease& lease, StagedDatabase& staged) {
  const auto& request = staged.request();
  const auto prepared =
      prepare_archive(run, server, *request.archive, request.snapshot->restore_notes,
                      {request.owner, request.carry});
  say_and_require(run, prepared, ErrorKind::permission);
  const auto definition = definition_for(run, lease.session(), request);
  create_empty(run, lease.session(), staged.name(),
               definition ? std::optional(definition->locale) : std::nullopt, staged.note(run));
  const auto filling =
      filling_of(staged, definition ? definition->writing : std::vector<Setting>());
  load(run, server, *request.archive, prepared, filling);
  auto session = server.open(run, staged.name());
  finish(run, session, filling.writing);
  auto contents = without_left_out(prepared.entries, prepared.plan, request.snapshot->contents);
  say_refreshed(run,
                std::count_if(contents.begin(), contents.end(),
                              [](const Content& each) { return each.type == "materialized view"; }),
                request.source);
  auto rules = rules_of(prepared, request.owner);
  rules.exceptions = join(
      std::move(rules.exceptions),
      carry_settings(run, lease.session(),
                     definition ? definition->settings : std::vector<DatabaseSetting>(),
                     definition ? definition->rights : std::nullopt, staged.name(), request.owner));
  const auto source = schema_of(prepared.programs, *request.archive);
  const bool described = !request.snapshot->definition.empty();
  compare_with(run, server, staged, described ? definition : std::nullopt,
               outline(run, source, rules.owners), source, prepared.programs, rules);
  staged.set_cut(request.snapshot->timestamp);
  staged.set_contents(std::move(contents));
}

}  // namespace tidegate::engine::postgresql
