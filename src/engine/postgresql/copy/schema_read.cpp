#include "engine/postgresql/copy/schema_read.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "engine/postgresql/driver/options.hpp"
#include "engine/postgresql/driver/running.hpp"
#include "engine/postgresql/driver/session_options.hpp"

namespace tidegate::engine::postgresql {
namespace {

/// Objects of extensions whose grants this user cannot change, as a dump's `ACL` entries name them.
constexpr auto k_out_of_reach = R"(
SELECT n.nspname, format('%s %I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, relname)
FROM pg_depend e JOIN pg_class c ON c.oid = e.objid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE e.deptype = 'e' AND e.classid = 'pg_class'::regclass AND NOT pg_has_role(c.relowner, 'USAGE')
UNION ALL
SELECT n.nspname, format('%s %I(%s)', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
                         proname, oidvectortypes(p.proargtypes))
FROM pg_depend e JOIN pg_proc p ON p.oid = e.objid JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE e.deptype = 'e' AND e.classid = 'pg_proc'::regclass AND NOT pg_has_role(p.proowner, 'USAGE')
UNION ALL
SELECT n.nspname, format('TYPE %I', typname)
FROM pg_depend e JOIN pg_type t ON t.oid = e.objid JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE e.deptype = 'e' AND e.classid = 'pg_type'::regclass AND NOT pg_has_role(t.typowner, 'USAGE')
UNION ALL
SELECT '', format('SCHEMA %I', nspname) FROM pg_depend e JOIN pg_namespace n ON n.oid = e.objid
WHERE e.deptype = 'e' AND e.classid = 'pg_namespace'::regclass
  AND NOT pg_has_role(n.nspowner, 'USAGE'))";

std::string read(Run& run, ProgramCall& call, const FoundEntry& found) {
  SchemaCutter cutter(found);
  call.out = ChildStream::pipe();
  call.hear = [&](std::string_view chunk) { cutter.add(chunk); };
  run_program(run, call);
  cutter.finish();
  return cutter.versions();
}

ReadSchema schema_of_archive(const Programs& programs, std::filesystem::path archive,
                             std::vector<int> descriptors) {
  return [&programs, archive = std::move(archive), descriptors = std::move(descriptors)](
             Run& own, const FoundEntry& found) {
    ProgramCall call;
    call.program = programs.pg_restore;
    call.arguments = schema_arguments(archive);
    call.descriptors = descriptors;
    return read(own, call, [&](const SchemaEntry& entry) {
      // Refreshing a view is not a definition, though pg_restore prints it as one.
      if (entry.type != "MATERIALIZED VIEW DATA") found(entry);
    });
  };
}

bool is_servers_own(const std::string& schema) {
  return schema == "pg_catalog" || schema == "information_schema";
}

/// Removes the keys that this user cannot change, and warns about them.
void leave_out_of_reach(Run& run, SqlSession& session, std::vector<SchemaKey>& keys) {
  const auto is_grant = [](const SchemaKey& key) { return key.type == "ACL"; };
  if (std::none_of(keys.begin(), keys.end(), is_grant)) return;
  if (session.ask(run, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user").flag(0, 0)) {
    return;
  }
  std::set<std::pair<std::string, std::string>> extensions;
  const auto rows = session.ask(run, k_out_of_reach);
  for (int row = 0; row < rows.count(); ++row) {
    extensions.emplace(rows.text(row, 0), rows.text(row, 1));
  }
  std::vector<std::string> names;
  std::erase_if(keys, [&](const SchemaKey& key) {
    const bool out_of_reach = is_grant(key) && (is_servers_own(key.schema) ||
                                                extensions.count({key.schema, key.name}) != 0);
    if (out_of_reach) names.push_back(key.name);
    return out_of_reach;
  });
  if (names.empty()) return;
  run.progress().step(
      Mark::warning, "left out",
      fmt::format("grants that only a superuser can make: on {}", fmt::join(names, ", ")));
}

}  // namespace

ReadSchema schema_of(Run& run, SqlSession& session, const Server& server,
                     const DatabaseName& database, const Programs& programs) {
  auto where = with_settings(session.reached(server.conninfo())
                                 .with_database(database)
                                 .with("application_name", "tidegate/" + run.id()),
                             overrides(run, session, SessionUse::dump));
  return [where = std::move(where), &programs](Run& own, const FoundEntry& found) {
    const ServiceFile service(where);
    ProgramCall call;
    call.program = programs.pg_dump;
    call.arguments = schema_arguments();
    call.where = &service;
    return read(own, call, found);
  };
}

ReadSchema schema_of(const Programs& programs, std::filesystem::path archive) {
  return schema_of_archive(programs, std::move(archive), {});
}

ReadSchema schema_of(const Programs& programs, const MemoryFile& archive) {
  return schema_of_archive(programs, MemoryFile::path_for_child(0), {archive.descriptor()});
}

SchemaOutline outline(Run& run, const ReadSchema& schema, const OwnerRule& rule) {
  SchemaOutline outline;
  outline.set_versions(schema(run, [&](const SchemaEntry& entry) { outline.add(entry, rule); }));
  return outline;
}

std::vector<Difference> compare_schemas(Run& run, SqlSession& session, const SchemaOutline& known,
                                        const ReadSchema& source, const ReadSchema& copy,
                                        const CopyRules& rules) {
  const auto made = outline(run, copy, rules.owners);
  if (known.versions() != made.versions()) {
    run.progress().step(Mark::ok, "definitions",
                        fmt::format("compared by name only: {} printed the archive, {} the copy",
                                    known.versions(), made.versions()));
  }
  auto keys = unequal(known, made, rules.exceptions);
  leave_out_of_reach(run, session, keys);
  if (keys.empty()) return {};
  SchemaTexts expected(keys), found(keys);
  source(run, [&](const SchemaEntry& entry) { expected.add(entry); });
  copy(run, [&](const SchemaEntry& entry) { found.add(entry); });
  return schema_differences(expected, found, rules.owners);
}

}  // namespace tidegate::engine::postgresql
