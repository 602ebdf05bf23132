#include "engine/postgresql/access/rights.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <set>

#include "engine/postgresql/copy/catalog.hpp"
#include "engine/postgresql/copy/database.hpp"
#include "engine/postgresql/driver/sql_states.hpp"
#include "model/selection.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr auto k_user = R"(
SELECT current_user, r.rolsuper, r.rolcreatedb,
  EXISTS (SELECT FROM pg_roles w WHERE w.rolname = 'pg_write_all_data'
          AND pg_has_role(current_user, w.oid, 'USAGE'))
FROM pg_roles r WHERE r.rolname = current_user)";

constexpr auto k_database = R"(
SELECT has_database_privilege(d.oid, 'CONNECT'), pg_has_role(current_user, d.datdba, 'MEMBER'),
  d.datallowconn, has_database_privilege(d.oid, 'CREATE')
FROM pg_database d WHERE d.datname = $1)";

/// Leaves out an extension's own objects, except tables whose rows are the users'.
constexpr auto k_own_relations = R"(
WITH relations AS (
  SELECT c.oid, c.relkind, c.relowner, c.oid::regclass::text AS name, n.oid AS schema, n.nspname,
    c.relname
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'))";

/// The relations that pg_dump reads: it does not read rows of views and foreign tables. A sequence
/// is selected with the table that owns it.
constexpr auto k_unreadable = R"(
SELECT t.nspname, t.relname,
  NOT has_schema_privilege(r.schema, 'USAGE'),
  CASE r.relkind WHEN 'S' THEN NOT has_sequence_privilege(r.oid, 'SELECT')
                 ELSE NOT has_table_privilege(r.oid, 'SELECT') END,
  r.nspname, r.name
FROM relations r
LEFT JOIN pg_depend d ON r.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = r.oid
  AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
JOIN relations t ON t.oid = coalesce(d.refobjid, r.oid)
WHERE r.relkind NOT IN ('v', 'f')
  AND (NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass
                   AND e.objid = r.oid AND e.deptype = 'e')
       OR EXISTS (SELECT FROM pg_extension x WHERE r.oid = ANY (x.extconfig)))
ORDER BY r.name)";

constexpr auto k_unreadable_objects = R"(
SELECT 1 WHERE current_setting('lo_compat_privileges') = 'off' AND EXISTS (
  SELECT FROM pg_largeobject_metadata l
  WHERE NOT pg_has_role(current_user, l.lomowner, 'USAGE') AND NOT EXISTS (
    SELECT FROM aclexplode(l.lomacl) AS a WHERE a.privilege_type = 'SELECT'
    AND (a.grantee = 0 OR pg_has_role(current_user, a.grantee, 'USAGE')))))";

constexpr auto k_hidden = R"(
SELECT nspname, relname, name FROM relations
WHERE relkind IN ('r', 'p') AND row_security_active(oid) ORDER BY name)";

constexpr auto k_writable = R"(
SELECT format('%s on %s', privilege, name)
FROM relations, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS privilege
WHERE CASE relkind WHEN 'S' THEN false ELSE has_table_privilege(oid, privilege) END
UNION ALL
SELECT format('UPDATE on %s', name) FROM relations
WHERE CASE relkind WHEN 'S' THEN has_sequence_privilege(oid, 'UPDATE') ELSE false END
UNION ALL
SELECT format('ownership of %s', name) FROM relations
WHERE pg_has_role(current_user, relowner, 'MEMBER')
UNION ALL
SELECT format('CREATE on schema %s', nspname) FROM pg_namespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND has_schema_privilege(oid, 'CREATE')
UNION ALL
SELECT 'UPDATE on large objects' WHERE current_setting('lo_compat_privileges') = 'on' OR EXISTS (
  SELECT FROM pg_largeobject_metadata l WHERE pg_has_role(current_user, l.lomowner, 'MEMBER')
  OR EXISTS (SELECT FROM aclexplode(l.lomacl) AS a WHERE a.privilege_type = 'UPDATE'
             AND (a.grantee = 0 OR pg_has_role(current_user, a.grantee, 'USAGE')))))";

struct User {
  std::string name;
  bool superuser = false, creates_databases = false, writes_all = false;
};

struct DatabaseAccess {
  bool connect = false, owned = false, open = false, create = false;
};

User ask_user(Run& run, Server& server) {
  const auto rows = server.ask(run, k_user);
  return {rows.text(0, 0), rows.flag(0, 1), rows.flag(0, 2), rows.flag(0, 3)};
}

std::optional<DatabaseAccess> ask_place(Run& run, Server& server, const DatabaseName& database) {
  const auto rows = server.ask(run, k_database, {database.text()});
  if (rows.empty()) return std::nullopt;
  return DatabaseAccess{rows.flag(0, 0), rows.flag(0, 1), rows.flag(0, 2), rows.flag(0, 3)};
}

void append(std::vector<std::string>& to, const Rows& rows) {
  for (int row = 0; row < rows.count(); ++row) to.push_back(rows.text(row, 0));
}

bool takes(const Selection& selection, const std::string& name) {
  return !select(selection, {name}).taken.empty();
}

void find_unreadable(Run& run, SqlSession& session, const Selection& selection,
                     std::vector<std::string>& missing) {
  const auto rows = session.ask(run, fmt::format("{}{}", k_own_relations, k_unreadable));
  std::set<std::string> schemas;
  for (int row = 0; row < rows.count(); ++row) {
    const bool lacks_schema = rows.flag(row, 2), lacks_table = rows.flag(row, 3);
    if (!lacks_schema && !lacks_table) continue;
    if (!takes(selection, relation_name(rows.text(row, 0), rows.text(row, 1)))) continue;
    if (lacks_schema && schemas.insert(rows.text(row, 4)).second) {
      missing.push_back(fmt::format("USAGE on schema {}", rows.text(row, 4)));
    }
    if (lacks_table) missing.push_back(fmt::format("SELECT on {}", rows.text(row, 5)));
  }
  if (takes(selection, k_large_objects) && !session.ask(run, k_unreadable_objects).empty()) {
    missing.emplace_back("SELECT on large objects");
  }
}

/// pg_dump fails where it would leave out rows silently, and so does the server's own count.
void find_hidden_rows(Run& run, SqlSession& session, const Selection& selection,
                      engine::Rights& rights) {
  const auto rows = session.ask(run, fmt::format("{}{}", k_own_relations, k_hidden));
  std::vector<std::string> hidden;
  for (int row = 0; row < rows.count(); ++row) {
    if (takes(selection, relation_name(rows.text(row, 0), rows.text(row, 1)))) {
      hidden.push_back(rows.text(row, 2));
    }
  }
  if (hidden.empty()) return;
  rights.missing.push_back(
      fmt::format("BYPASSRLS (row level security hides rows of '{}')", fmt::join(hidden, "', '")));
  rights.hint = k_row_security_hint;
}

// For a database that allows connections.
void look_inside(Run& run, Server& server, const DatabaseName& database, engine::Need need,
                 const Selection& selection, engine::Rights& rights) {
  auto session = server.open(run, database);
  if (need == engine::Need::read) {
    find_unreadable(run, session, selection, rights.missing);
    find_hidden_rows(run, session, selection, rights);
  }
  append(rights.writes, session.ask(run, fmt::format("{}{}", k_own_relations, k_writable)));
}

void note_writes(const User& user, const DatabaseAccess& place, const std::string& database,
                 engine::Rights& rights) {
  if (user.superuser) {
    rights.writes.emplace_back("superuser");
    rights.write_roles.push_back(user.name);
    return;
  }
  if (user.writes_all) {
    rights.writes.emplace_back("INSERT, UPDATE and DELETE on every table");
    rights.write_roles.emplace_back("pg_write_all_data");
  }
  if (place.owned) rights.writes.push_back(fmt::format("ownership of '{}'", database));
  if (place.create) rights.writes.push_back(fmt::format("CREATE on '{}'", database));
}

}  // namespace

engine::Rights rights(Run& run, Server& server, const DatabaseName& database, engine::Need need,
                      const Selection& selection) {
  const auto user = ask_user(run, server);
  const auto place = ask_place(run, server, database);
  engine::Rights rights;
  rights.basis = engine::Rights::Basis::privileges;
  rights.user = user.name;
  const auto& name = database.text();
  if (need == engine::Need::write && !user.superuser) {
    if (!user.creates_databases) rights.missing.emplace_back("CREATEDB");
    if (place && !place->owned) {
      rights.missing.push_back(fmt::format("membership in the owner on '{}'", name));
    }
  }
  if (!place) return rights;
  note_writes(user, *place, name, rights);
  if (user.superuser) return rights;
  // A database without connections, such as a snapshot, is copied as a template; CREATEDB is enough
  // for that.
  if (!place->open) return rights;
  if (!place->connect) {
    if (need == engine::Need::read) rights.missing.push_back(fmt::format("CONNECT on '{}'", name));
    return rights;
  }
  look_inside(run, server, database, need, selection, rights);
  return rights;
}

}  // namespace tidegate::engine::postgresql
