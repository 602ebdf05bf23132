#include "engine/postgresql/access/reading_grants.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "engine/postgresql/copy/catalog.hpp"
#include "model/selection.hpp"

namespace tidegate::engine::postgresql {
namespace {

/// Converts a set of a glob, from after its '[' to its ']', to a regular bracket expression.
std::string take_set(std::string_view& glob) {
  const bool inverted = glob.starts_with('!');
  if (inverted) glob.remove_prefix(1);
  const auto end = glob.find(']', 1);
  std::string set = inverted ? "[^" : "[";
  for (const char c : glob.substr(0, end)) set += c == '\\' ? "\\\\" : std::string(1, c);
  glob.remove_prefix(end + 1);
  return set + ']';
}

void append_plain(std::string& pattern, char c) {
  constexpr std::string_view k_special = R"(.^$*+?()[]{}|\)";
  if (k_special.find(c) != std::string_view::npos) pattern += '\\';
  pattern += c;
}

/// Converts a glob of base/glob.hpp to PostgreSQL's regular expression.
std::string pattern_of_glob(std::string_view glob) {
  std::string pattern = "^";
  while (!glob.empty()) {
    const char c = glob.front();
    glob.remove_prefix(1);
    const bool closed = glob.find(']', glob.starts_with('!') ? 2 : 1) != std::string_view::npos;
    if (c == '[' && closed) {
      pattern += take_set(glob);
    } else if (c == '\\' && !glob.empty()) {
      append_plain(pattern, glob.front());
      glob.remove_prefix(1);
    } else if (c == '*' || c == '?') {
      pattern += c == '*' ? ".*" : ".";
    } else {
      append_plain(pattern, c);
    }
  }
  return pattern + '$';
}

std::string any_of(const std::vector<std::string>& wishes, const std::string& name) {
  std::vector<std::string> patterns;
  for (const auto& wish : wishes) patterns.push_back(quoted_text(pattern_of_glob(wish)));
  return fmt::format("{} ~ ANY (ARRAY[{}])", name, fmt::join(patterns, ", "));
}

/// The name of a relation in items (Relation::name), as SQL over n.nspname and c.relname.
constexpr auto k_item_name = R"((CASE WHEN n.nspname = 'public' THEN '' ELSE
      CASE WHEN n.nspname ~ '[."]' THEN '"' || replace(n.nspname, '"', '""') || '"'
           ELSE n.nspname END || '.' END ||
    CASE WHEN c.relname ~ '[."]' THEN '"' || replace(c.relname, '"', '""') || '"'
         ELSE c.relname END))";

/// A temporary view of the selected tables, views and sequences; it keeps later statements short. A
/// sequence is selected with the table that owns it.
std::string taken_relations(const Selection& selection) {
  const bool all = selection.include.empty() && selection.exclude.empty();
  return fmt::format(R"(CREATE TEMPORARY VIEW tidegate_taken AS
  SELECT s.oid, s.relowner, s.relrowsecurity, s.relnamespace AS schema
  FROM pg_class s
  LEFT JOIN pg_depend d ON s.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = s.oid
    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  JOIN pg_class c ON c.oid = coalesce(d.refobjid, s.oid)
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE s.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'{};
)",
                     all ? "" : "\n    AND " + taken_condition(selection, k_item_name));
}

/// An SQL expression for a statement with one name (%I) that may fail for a missing right. It is
/// tried, since each managed cloud has its own rules about who may do what.
std::string attempt(std::string_view statement, std::string_view name) {
  return fmt::format(
      "format('DO %L;', format('BEGIN {}; EXCEPTION WHEN insufficient_privilege THEN NULL; END', "
      "{}))",
      statement, name);
}

/// Sets psql's variables :act_… and :stop_…: temporary memberships in the roles that the query
/// `owners` lists, so that their grants can be made. Existing memberships are kept.
std::string act_for(const std::string& owners, std::string_view name) {
  return fmt::format(R"(SELECT
  coalesce(string_agg({2}, ' '), '') AS act_{0},
  coalesce(string_agg({3}, ' '), '') AS stop_{0}
FROM pg_roles r WHERE oid IN ({1})
  AND NOT rolsuper AND rolname !~ '^pg_' AND NOT pg_has_role(current_user, oid, 'USAGE')
  AND NOT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.grantor
                  JOIN pg_roles u ON u.oid = m.member
                  WHERE m.roleid = r.oid AND u.rolname = current_user AND g.rolname = current_user)
\gset
:act_{0}
)",
                     name, owners, attempt("GRANT %I TO CURRENT_USER", "rolname"),
                     attempt("REVOKE %I FROM CURRENT_USER", "rolname"));
}

std::string read_all(const std::string& role) {
  return fmt::format(
      "-- the right to read everything, from version 14 on, where you may grant that role\n"
      "SELECT {}\n"
      "FROM pg_roles WHERE rolname = 'pg_read_all_data' \\gexec\n",
      attempt("GRANT pg_read_all_data TO %I", role));
}

std::string read_each(const std::string& role) {
  return fmt::format(R"(-- each object that it cannot read yet
SELECT format('GRANT USAGE ON SCHEMA %I TO %I', nspname, {0}) FROM pg_namespace n
WHERE oid IN (SELECT schema FROM tidegate_taken) AND NOT has_schema_privilege({0}, oid, 'USAGE')
  AND pg_has_role(current_user, nspowner, 'USAGE') \gexec
SELECT format('GRANT SELECT ON %s TO %I', oid::regclass, {0}) FROM tidegate_taken
WHERE NOT has_table_privilege({0}, oid, 'SELECT') AND pg_has_role(current_user, relowner, 'USAGE') \gexec
)",
                     role);
}

/// Default privileges for future tables. With a part of the database they would grant too much.
std::string read_later_ones(const std::string& role) {
  return fmt::format(R"(-- future tables, where pg_read_all_data does not cover them
SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT SELECT ON %s TO %I', rolname, kind, {0})
FROM pg_roles r, unnest(ARRAY['TABLES', 'SEQUENCES']) AS kind
WHERE oid IN (SELECT relowner FROM tidegate_taken) AND pg_has_role(current_user, oid, 'USAGE')
  AND NOT EXISTS (SELECT FROM pg_roles a WHERE a.rolname = 'pg_read_all_data'
                  AND pg_has_role({0}, a.oid, 'USAGE')) \gexec
)",
                     role);
}

std::string read_large_objects(const std::string& role) {
  return fmt::format(R"(-- each large object; run this again when there are new ones
SELECT format('GRANT SELECT ON LARGE OBJECT %s TO %I', oid, {0}) FROM pg_largeobject_metadata
WHERE pg_has_role(current_user, lomowner, 'USAGE') \gexec
)",
                     role);
}

std::string read_hidden_rows(const std::string& role) {
  return fmt::format(
      "-- row level security hides rows from it: BYPASSRLS, where you may give that\n"
      "SELECT {}\n"
      "FROM pg_roles WHERE rolname = {} AND NOT rolbypassrls\n"
      "  AND EXISTS (SELECT FROM tidegate_taken WHERE relrowsecurity) \\gexec\n",
      attempt("ALTER ROLE %I BYPASSRLS", "rolname"), role);
}

std::string say_what_is_left(const std::string& role) {
  return fmt::format(
      R"(SELECT EXISTS (SELECT FROM tidegate_taken WHERE NOT has_table_privilege({0}, oid, 'SELECT')) AS unread,
  EXISTS (SELECT FROM tidegate_taken, pg_roles WHERE relrowsecurity AND rolname = {0} AND NOT rolbypassrls) AS hidden,
  EXISTS (SELECT FROM pg_namespace WHERE nspname !~ '^pg_' AND has_schema_privilege({0}, oid, 'CREATE')) AS creates \gset
\if :unread
\echo not granted, since you cannot act for the owner: let the owner GRANT SELECT on these, or exclude them
SELECT oid::regclass AS "table", relowner::regrole AS owner FROM tidegate_taken
WHERE NOT has_table_privilege({0}, oid, 'SELECT') ORDER BY 1;
\endif
\if :hidden
\echo row level security hides rows of these: run ALTER ROLE ... BYPASSRLS as a superuser, or exclude them
SELECT oid::regclass AS "table" FROM tidegate_taken WHERE relrowsecurity ORDER BY 1;
\endif
\if :creates
\echo it may create tables in these, as every role may in public before version 15: REVOKE CREATE ON SCHEMA ... FROM PUBLIC,
\echo after a GRANT to the roles that need it; or accept it with production.allow_write_access
SELECT nspname AS schema FROM pg_namespace WHERE nspname !~ '^pg_' AND has_schema_privilege({0}, oid, 'CREATE');
\endif
DROP VIEW tidegate_taken;
)",
      role);
}

}  // namespace

std::string quoted_name(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string(2, c) : std::string(1, c);
  return text + '"';
}

std::string quoted_text(const std::string& text) {
  // With standard_conforming_strings, its default, PostgreSQL reads \ as a plain character.
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string(2, c) : std::string(1, c);
  return quoted + '\'';
}

std::string taken_condition(const Selection& selection, const std::string& name) {
  std::string condition = selection.include.empty() ? "true" : any_of(selection.include, name);
  if (!selection.exclude.empty()) condition += " AND NOT " + any_of(selection.exclude, name);
  return condition;
}

std::string reading_grants(const std::string& role, const DatabaseName& database,
                           const Selection& selection) {
  const auto reader = quoted_text(role);
  const auto name = quoted_text(database.text());
  const bool all = selection.include.empty() && selection.exclude.empty();
  auto text =
      act_for(fmt::format("SELECT datdba FROM pg_database WHERE datname = {}", name), "database") +
      fmt::format(
          "SELECT format('GRANT CONNECT ON DATABASE %I TO %I', {0}, {1})\n"
          "WHERE NOT has_database_privilege({1}, {0}, 'CONNECT') \\gexec\n"
          "\\connect {2}\n",
          name, reader, quoted_name(database.text())) +
      taken_relations(selection) +
      act_for(
          "SELECT relowner FROM tidegate_taken\n"
          "  UNION SELECT nspowner FROM pg_namespace WHERE oid IN (SELECT schema FROM "
          "tidegate_taken)\n"
          "  UNION SELECT lomowner FROM pg_largeobject_metadata",
          "tables");
  if (all) text += read_all(reader);
  text += read_each(reader);
  if (all) text += read_later_ones(reader);
  if (!select(selection, {k_large_objects}).taken.empty()) text += read_large_objects(reader);
  text += read_hidden_rows(reader) + ":stop_tables\n:stop_database\n";
  return text + say_what_is_left(reader);
}

}  // namespace tidegate::engine::postgresql
