#include "engine/postgresql/copy/dump_facts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tidegate::engine::postgresql {
namespace {

constexpr int k_parameter_grants_since = 150000;
constexpr int k_set_option_since = 160000;

/// Leaves out objects of extensions, which are made with them. pg_identify_object() answers in
/// English whatever the server's language is.
constexpr auto k_own = R"(
WITH extensions_own AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
named AS (
  SELECT found.class, found.id, found.why, format('%s ''%s''', said.type, said.identity) AS name
  FROM ({}) AS found(class, id, why), LATERAL pg_identify_object(found.class, found.id, 0) AS said
  WHERE found.id >= 16384
    AND (found.class, found.id) NOT IN (SELECT classid, objid FROM extensions_own))
SELECT class, id, name, why FROM named ORDER BY class, id)";

/// A type that its creator will own in the copy.
constexpr auto k_ones_own_type =
    "({0} >= 16384 AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_type'::regclass "
    "AND e.objid = {0} AND e.deptype = 'e'))";

constexpr auto k_superusers = R"(
SELECT 'pg_proc'::regclass::oid, p.oid, CASE
  WHEN NOT l.lanpltrusted AND p.prokind <> 'a' THEN 'it is written in ' || l.lanname
  WHEN p.proleakproof THEN 'it is marked LEAKPROOF'
  WHEN p.prosupport <> 0 THEN 'it has a planner support function'
  WHEN p.prokind = 'a' THEN 'its state is of type internal'
  ELSE 'it sets a parameter that only a superuser may set' END
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
LEFT JOIN pg_aggregate a ON a.aggfnoid = p.oid
WHERE p.oid >= 16384 AND ((NOT l.lanpltrusted AND p.prokind <> 'a') OR p.proleakproof
  OR p.prosupport <> 0 OR 'internal'::regtype IN (a.aggtranstype, a.aggmtranstype)
  OR EXISTS (SELECT FROM unnest(p.proconfig) AS entry
             JOIN pg_settings s ON s.name = lower(split_part(entry, '=', 1))
             WHERE s.context IN ('superuser', 'superuser-backend'){0}))
UNION ALL
SELECT 'pg_type'::regclass, t.oid, 'it is a base type' FROM pg_type t
WHERE t.typtype = 'b' AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
UNION ALL
SELECT 'pg_cast'::regclass, c.oid,
  CASE c.castmethod WHEN 'b' THEN 'it needs no function' ELSE 'its types belong to others' END
FROM pg_cast c WHERE c.castmethod = 'b' OR NOT ({1} OR {2})
UNION ALL
SELECT 'pg_transform'::regclass, t.oid, 'its type belongs to others' FROM pg_transform t
WHERE NOT {3}
UNION ALL
SELECT 'pg_opclass'::regclass, oid, '' FROM pg_opclass
UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid, '' FROM pg_foreign_data_wrapper
UNION ALL SELECT 'pg_foreign_server'::regclass, oid, '' FROM pg_foreign_server)";

constexpr auto k_extension_facts = R"(
SELECT 'pg_extension'::regclass::oid, e.oid, e.extname, e.extversion, n.nspname
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.oid >= 16384 ORDER BY 2)";

constexpr auto k_policy_facts = R"(
SELECT 'pg_policy'::regclass::oid, p.oid, format('policy ''%s'' on ''%s''', p.polname,
  p.polrelid::regclass), r.rolname
FROM pg_policy p JOIN pg_roles r ON r.oid = ANY (p.polroles) ORDER BY 2, 4)";

/// The first role owns the objects that get these grants.
constexpr auto k_default_grants = R"(
SELECT 'pg_default_acl'::regclass::oid, d.oid,
  format('default privileges of ''%s''', pg_get_userbyid(d.defaclrole)), named.role
FROM pg_default_acl d CROSS JOIN LATERAL (
  SELECT 0 AS place, pg_get_userbyid(d.defaclrole) AS role
  UNION SELECT 1, r.rolname FROM aclexplode(d.defaclacl) AS a JOIN pg_roles r ON r.oid = a.grantee
  WHERE a.grantee <> d.defaclrole) AS named
ORDER BY 2, named.place, 4)";

constexpr auto k_grant_facts = R"(
WITH acls(class, id, own, letter, acl) AS (
  SELECT 'pg_class'::regclass::oid, c.oid, c.relowner,
         CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relacl FROM pg_class c
  UNION ALL SELECT 'pg_class'::regclass, c.oid, c.relowner, 'c', a.attacl
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  UNION ALL SELECT 'pg_proc'::regclass, oid, proowner, 'f', proacl FROM pg_proc
  UNION ALL SELECT 'pg_namespace'::regclass, oid, nspowner, 'n', nspacl FROM pg_namespace
  UNION ALL SELECT 'pg_type'::regclass, oid, typowner, 'T', typacl FROM pg_type
  UNION ALL SELECT 'pg_language'::regclass, oid, lanowner, 'l', lanacl FROM pg_language
  UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid, fdwowner, 'F', fdwacl
  FROM pg_foreign_data_wrapper
  UNION ALL SELECT 'pg_foreign_server'::regclass, oid, srvowner, 'S', srvacl
  FROM pg_foreign_server
  UNION ALL SELECT 'pg_largeobject'::regclass, oid, lomowner, 'L', lomacl
  FROM pg_largeobject_metadata),
given AS (
  -- Of large objects, of which there may be very many, all together.
  SELECT class, CASE WHEN letter = 'L' AND a.grantor = own THEN 0 ELSE id END AS id, own, letter,
    a.grantee, a.grantor
  FROM acls, LATERAL aclexplode(acl) AS a
  WHERE acl IS NOT NULL AND (id >= 16384 OR (class = 'pg_namespace'::regclass AND id = 2200)
                             OR letter = 'L')),
named AS (
  SELECT class, id, grantee AS role FROM given WHERE grantee NOT IN (0, own)
  UNION SELECT class, id, grantor FROM given WHERE grantor <> own
  UNION SELECT class, id, own FROM acls WHERE acl IS NOT NULL AND id >= 16384 AND letter <> 'c'
    AND (SELECT count(*) FROM aclexplode(acl) AS a WHERE a.grantee = own)
      < (SELECT count(*) FROM aclexplode(acldefault(letter, own)) AS a WHERE a.grantee = own))
SELECT n.class, n.id, CASE n.class WHEN 'pg_largeobject'::regclass THEN 'large objects' ELSE
    (SELECT format('%s ''%s''', o.type, o.identity) FROM pg_identify_object(n.class, n.id, 0) AS o)
  END, r.rolname,
  (n.class, n.id) IN (SELECT class, id FROM given WHERE grantor <> own)
FROM named n JOIN pg_roles r ON r.oid = n.role ORDER BY 1, 2, 4)";

/// One statement for each grant, as the object's owner would run it. $1 and $2: class and oid.
constexpr auto k_statements = R"(
WITH acls(class, id, own, target, columns, acl) AS (
  SELECT 'pg_class'::regclass::oid, c.oid, c.relowner,
    format(CASE c.relkind WHEN 'S' THEN 'SEQUENCE %s' ELSE 'TABLE %s' END, c.oid::regclass), '',
    c.relacl FROM pg_class c
  UNION ALL SELECT 'pg_class'::regclass, c.oid, c.relowner, format('TABLE %s', c.oid::regclass),
    format(' (%I)', a.attname), a.attacl FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  UNION ALL SELECT 'pg_proc'::regclass, oid, proowner, format(
    CASE prokind WHEN 'p' THEN 'PROCEDURE %s' ELSE 'FUNCTION %s' END, oid::regprocedure), '', proacl
  FROM pg_proc
  UNION ALL SELECT 'pg_namespace'::regclass, oid, nspowner, format('SCHEMA %I', nspname), '', nspacl
  FROM pg_namespace
  UNION ALL SELECT 'pg_type'::regclass, oid, typowner, format('TYPE %s', oid::regtype), '', typacl
  FROM pg_type
  UNION ALL SELECT 'pg_largeobject'::regclass, oid, lomowner, format('LARGE OBJECT %s', oid), '',
    lomacl FROM pg_largeobject_metadata)
SELECT format('GRANT %s%s ON %s TO %s%s', a.privilege_type, columns, target,
  CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END,
  CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), coalesce(r.rolname, '')
FROM acls, LATERAL aclexplode(acl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE class = $1::oid AND id = $2::oid AND a.grantee <> own AND (a.grantee = 0 OR r.oid IS NOT NULL)
UNION ALL
SELECT format('REVOKE ALL ON %s FROM PUBLIC', target), '' FROM acls
WHERE class = $1::oid AND id = $2::oid AND acl IS NOT NULL
  AND class IN ('pg_proc'::regclass, 'pg_type'::regclass)
  AND NOT EXISTS (SELECT FROM aclexplode(acl) AS a WHERE a.grantee = 0)
ORDER BY 1)";

constexpr auto k_owner_facts = R"(
SELECT DISTINCT pg_get_userbyid(owner) FROM (
  SELECT 'pg_class'::regclass::oid, oid, relowner FROM pg_class WHERE relkind <> 't'
  UNION ALL SELECT 'pg_namespace'::regclass, oid, nspowner FROM pg_namespace
  UNION ALL SELECT 'pg_proc'::regclass, oid, proowner FROM pg_proc
  UNION ALL SELECT 'pg_type'::regclass, oid, typowner FROM pg_type
  UNION ALL SELECT 'pg_operator'::regclass, oid, oprowner FROM pg_operator
  UNION ALL SELECT 'pg_collation'::regclass, oid, collowner FROM pg_collation
  UNION ALL SELECT 'pg_conversion'::regclass, oid, conowner FROM pg_conversion
  UNION ALL SELECT 'pg_ts_dict'::regclass, oid, dictowner FROM pg_ts_dict
  UNION ALL SELECT 'pg_ts_config'::regclass, oid, cfgowner FROM pg_ts_config
  UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, stxowner FROM pg_statistic_ext
  UNION ALL SELECT 'pg_opclass'::regclass, oid, opcowner FROM pg_opclass
  UNION ALL SELECT 'pg_opfamily'::regclass, oid, opfowner FROM pg_opfamily
  UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid, fdwowner FROM pg_foreign_data_wrapper
  UNION ALL SELECT 'pg_foreign_server'::regclass, oid, srvowner FROM pg_foreign_server
  UNION ALL SELECT 'pg_event_trigger'::regclass, oid, evtowner FROM pg_event_trigger
  UNION ALL SELECT 'pg_publication'::regclass, oid, pubowner FROM pg_publication
  UNION ALL SELECT 'pg_largeobject'::regclass, oid, lomowner FROM pg_largeobject_metadata
) AS own(class, id, owner)
WHERE (id >= 16384 OR class = 'pg_largeobject'::regclass
       OR (class = 'pg_namespace'::regclass AND id = 2200))
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = class AND e.objid = id AND e.deptype = 'e')
ORDER BY 1)";

Trait trait_in(const Rows& rows, int row, Trait::Kind kind) {
  Trait trait;
  trait.kind = kind;
  trait.catalog = rows.number(row, 0);
  trait.object = rows.number(row, 1);
  trait.name = rows.text(row, 2);
  return trait;
}

void add_superusers(SqlSession& session, Run& run, std::vector<Trait>& traits) {
  const auto granted = session.version() >= k_parameter_grants_since
                           ? " AND NOT has_parameter_privilege('public', s.name, 'SET')"
                           : "";
  const auto own = [](const char* type) {
    return fmt::format(fmt::runtime(k_ones_own_type), type);
  };
  const auto found = fmt::format(fmt::runtime(k_superusers), granted, own("c.castsource"),
                                 own("c.casttarget"), own("t.trftype"));
  const auto rows = session.ask(run, fmt::format(fmt::runtime(k_own), found));
  for (int row = 0; row < rows.count(); ++row) {
    traits.push_back(trait_in(rows, row, Trait::Kind::superuser));
    traits.back().why = rows.text(row, 3);
  }
}

void add_extensions(SqlSession& session, Run& run, std::vector<Trait>& traits) {
  const auto rows = session.ask(run, k_extension_facts);
  for (int row = 0; row < rows.count(); ++row) {
    traits.push_back(trait_in(rows, row, Trait::Kind::extension));
    traits.back().version = rows.text(row, 3);
    traits.back().schema = rows.text(row, 4);
  }
}

/// Rows of (class, oid, name, role), one a role, in the order of their objects.
void add_roles(const Rows& rows, Trait::Kind kind, std::vector<Trait>& traits) {
  const auto first = traits.size();
  for (int row = 0; row < rows.count(); ++row) {
    const bool same = traits.size() > first && traits.back().catalog == rows.number(row, 0) &&
                      traits.back().object == rows.number(row, 1);
    if (!same) traits.push_back(trait_in(rows, row, kind));
    traits.back().roles.push_back(rows.text(row, 3));
  }
}

void add_grants(SqlSession& session, Run& run, std::vector<Trait>& traits) {
  const auto rows = session.ask(run, k_grant_facts);
  const auto first = traits.size();
  add_roles(rows, Trait::Kind::grants, traits);
  std::set<std::pair<std::int64_t, std::int64_t>> by_others;
  for (int row = 0; row < rows.count(); ++row) {
    if (rows.flag(row, 4)) by_others.emplace(rows.number(row, 0), rows.number(row, 1));
  }
  for (auto i = first; i < traits.size(); ++i) {
    auto& trait = traits[i];
    if (by_others.count({trait.catalog, trait.object}) == 0) continue;
    const auto statements = session.ask(
        run, k_statements, {std::to_string(trait.catalog), std::to_string(trait.object)});
    for (int row = statements.count(); row-- > 0;) {  // a REVOKE comes last
      trait.grants.push_back({statements.text(row, 0), statements.text(row, 1)});
    }
  }
}

std::string can_act(const SqlSession& session, std::string_view who, std::string_view role) {
  return fmt::format("pg_has_role({}, {}, '{}')", who, role,
                     session.version() >= k_set_option_since ? "SET" : "MEMBER");
}

void ask_user(SqlSession& session, Run& run, const FutureOwner& owner, Place& place) {
  const auto rows =
      session.ask(run,
                  fmt::format("SELECT u.rolname, u.rolsuper, o.rolname IS NOT NULL, "
                              "o.oid IS NULL OR {} "
                              "FROM pg_roles u LEFT JOIN pg_roles o ON o.rolname = $1 "
                              "WHERE u.rolname = current_user",
                              can_act(session, "u.oid", "o.oid")),
                  {owner.role});
  place.role = owner.role.empty() ? rows.text(0, 0) : owner.role;
  place.superuser = rows.flag(0, 1);
  place.gives_all = !owner.role.empty();
  if (owner.role.empty() || !owner.required) return;
  if (!rows.flag(0, 2)) {
    throw Error(
        ErrorKind::config,
        fmt::format("role '{}', the owner of the copy, does not exist on the server", owner.role),
        "create it, or correct 'previews.owner'");
  }
  if (!rows.flag(0, 3)) {
    throw Error(
        ErrorKind::permission,
        fmt::format("'{}' lacks membership in '{}'", rows.text(0, 0), owner.role),
        fmt::format("GRANT {} TO {}", session.name(owner.role), session.name(rows.text(0, 0))));
  }
}

void ask_roles(SqlSession& session, Run& run, const std::vector<std::string>& names, Place& place) {
  // Creating an object for a role also takes its rights: it may own the schema.
  const auto rows =
      session.ask(run,
                  fmt::format("SELECT r.rolname, {} AND pg_has_role(u.oid, r.oid, 'USAGE') "
                              "FROM pg_roles r, pg_roles u "
                              "WHERE r.rolname = ANY ($1::text[]) AND u.rolname = $2",
                              can_act(session, "u.oid", "r.oid")),
                  {array_of(names), place.role});
  for (int row = 0; row < rows.count(); ++row) {
    place.roles.insert(rows.text(row, 0));
    if (rows.flag(row, 1)) place.usable.insert(rows.text(row, 0));
  }
}

void ask_extensions(SqlSession& session, Run& run, const std::vector<Entry>& entries,
                    Place& place) {
  const bool any = std::any_of(entries.begin(), entries.end(),
                               [](const Entry& entry) { return entry.type == "EXTENSION"; });
  if (!any) return;
  const auto rows = session.ask(
      run,
      "SELECT v.name, v.version, v.superuser AND NOT v.trusted, e.default_version = v.version "
      "FROM pg_available_extension_versions v JOIN pg_available_extensions e USING (name)");
  for (int row = 0; row < rows.count(); ++row) {
    place.extensions[rows.text(row, 0)].push_back({rows.text(row, 1), rows.flag(row, 2)});
    if (rows.flag(row, 3)) place.default_versions[rows.text(row, 0)] = rows.text(row, 1);
  }
}

}  // namespace

DumpFacts dump_facts(SqlSession& session, Run& run) {
  DumpFacts facts;
  add_superusers(session, run, facts.traits);
  add_extensions(session, run, facts.traits);
  add_roles(session.ask(run, k_policy_facts), Trait::Kind::policy, facts.traits);
  add_roles(session.ask(run, k_default_grants), Trait::Kind::default_grants, facts.traits);
  add_grants(session, run, facts.traits);
  facts.owners = session.ask(run, k_owner_facts).texts(0);
  return facts;
}

Place restore_place(SqlSession& session, Run& run, const FutureOwner& owner, const DumpFacts& facts,
                    const std::vector<Entry>& entries) {
  Place place;
  place.version = session.version();
  ask_user(session, run, owner, place);
  ask_roles(session, run, roles_in(facts), place);
  ask_extensions(session, run, entries, place);
  return place;
}

}  // namespace tidegate::engine::postgresql
