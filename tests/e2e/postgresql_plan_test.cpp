/// A producer without superuser rights, as on managed clouds: `check` says beforehand which objects
/// a snapshot leaves out or refuses, and every snapshot that is taken can be restored.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/places.hpp"
#include "support/postgres_server.hpp"
#include "support/program.hpp"

namespace tidegate::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr auto k_password = "a producer's";

/// The differences of producer and configuration from the usual ones.
struct Wish {
  std::string keys = "{}";          ///< in the section `snapshot`
  bool owner = true;                ///< `previews.owner`
  bool superuser = false;           ///< the producer is a superuser
  bool allow_write_access = false;  ///< it may write production
};

/// One production. `{app}` and other names in braces are roles; `{app}` owns the database,
/// `{producer}` reads it and is a member of `{preview}`.
struct Case {
  std::string name, setup;
  std::vector<std::string> words = {};  ///< in the output of `check` and of the snapshot
  std::string probe = {}, value = {};   ///< a query in a preview, and its result
  Wish wish = {};
  int exit_code = 0;  ///< of a snapshot into a database; where it is 4, an archive ends with 10
};

void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }

class PostgresqlPlan : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_POSTGRESQL(found);
    server = found;
    static int number = 0;
    prefix = server->name(fmt::format("plan{}_", ++number));
    auto admin = server->client();
    for (const auto& each : k_roles) admin.run("CREATE ROLE " + role(each));
    admin.run(fmt::format("ALTER ROLE {0} LOGIN CREATEDB PASSWORD {1}; GRANT {2} TO {0}",
                          role("producer"), admin.literal(k_password), role("preview")));
    if (server->version() >= 14) admin.run("GRANT pg_read_all_data TO " + role("producer"));
    admin.run(fmt::format("CREATE DATABASE {} OWNER {} TEMPLATE template0", prefix + "shop",
                          role("app")));
    auto inside = server->client(prefix + "shop");
    inside.run(
        fmt::format("CREATE TABLE t (id int PRIMARY KEY, n text); INSERT INTO t VALUES "
                    "(1, 'Ä'), (2, 'b'); ALTER TABLE t OWNER TO {}",
                    role("app")));
    if (server->version() < 15) inside.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  }

  void TearDown() override {
    if (server == nullptr) return;
    server->drop_databases(prefix);
    auto admin = server->client();
    for (const auto& each :
         admin.column("SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1)", {prefix})) {
      admin.run("DROP OWNED BY " + each);
      admin.run("DROP ROLE " + each);
    }
  }

  std::string role(const std::string& name) const { return prefix + name; }

  std::string named(std::string text) const {
    for (const auto& each : k_roles) {
      const auto mark = "{" + each + "}";
      for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
        text.replace(at, mark.size(), role(each));
      }
    }
    return text;
  }

  void configure(const Wish& wish, const Json& place) {
    auto snapshot = Json::parse(named(wish.keys));
    snapshot.update(place);
    Json previews = {{"database", prefix + "pr_{number}"}, {"uri", "${TEST_URI}"}};
    if (wish.owner) previews["owner"] = role("preview");
    const Json yaml = {{"databases",
                        {{"shop",
                          {{"engine", "postgresql"},
                           {"production",
                            {{"uri", "${TEST_URI}"},
                             {"database", prefix + "shop"},
                             {"allow_write_access", wish.superuser || wish.allow_write_access}}},
                           {"snapshot", snapshot},
                           {"previews", previews}}}}}};
    directory.write("tidegate.yaml", yaml.dump(2));
  }

  Outcome tidegate(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), built_program().string());
    return run({std::move(arguments),
                {{"TEST_URI", server->uri_as(role("producer"), k_password)}},
                {},
                directory.path()},
               directory.path());
  }

  Json in_database() const { return {{"database", prefix + "snapshot"}}; }
  Json in_archives() const { return {{"directory", (directory.path() / "archives").string()}}; }

  bool exists(const std::string& name) {
    return server->client().text("SELECT count(*) FROM pg_database WHERE datname = $1",
                                 {prefix + name}) == "1";
  }

  std::vector<std::string> archives() const {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& each :
         std::filesystem::directory_iterator(directory.path() / "archives", none)) {
      if (each.path().extension() == ".dump") names.push_back(each.path().filename());
    }
    return names;
  }

  void expect_words(const Outcome& outcome, const Case& what) const {
    auto text = outcome.all();
    std::replace(text.begin(), text.end(), '\n', ' ');
    std::string one_line;
    std::unique_copy(text.begin(), text.end(), std::back_inserter(one_line),
                     [](char a, char b) { return a == ' ' && b == ' '; });
    for (const auto& each : what.words) EXPECT_THAT(one_line, HasSubstr(named(each)));
  }

  /// Compares the answer of `check`, the outcome of a snapshot, and the contents of a preview.
  void go_round(const Case& what, int exit_code) {
    const auto checked = tidegate({"check"});
    EXPECT_EQ(checked.exit_code, exit_code) << checked;
    expect_words(checked, what);
    const auto taken = tidegate({"snapshot"});
    ASSERT_EQ(taken.exit_code, exit_code) << taken;
    expect_words(taken, what);
    if (exit_code != 0) {
      EXPECT_FALSE(exists("snapshot"));
      EXPECT_THAT(archives(), IsEmpty());
      return;
    }
    const auto restored = tidegate({"restore", "pr-1", "--yes"});
    ASSERT_EQ(restored.exit_code, 0) << restored;
    if (what.probe.empty()) return;
    EXPECT_EQ(server->client(prefix + "pr_1").text(named(what.probe)), named(what.value));
  }

  static inline const std::vector<std::string> k_roles{"app",     "producer", "preview", "bi",
                                                       "analyst", "barman",   "reader",  "other"};
  PostgresServer* server = nullptr;
  std::string prefix;
  TempDir directory{"plan"};
};

TEST_P(PostgresqlPlan, IsReportedByCheckAndKept) {
  const auto& what = GetParam();
  server->client(prefix + "shop").run(named(what.setup));
  if (what.wish.superuser) server->client().run(named("ALTER ROLE {producer} SUPERUSER"));
  {
    SCOPED_TRACE("snapshot database");
    configure(what.wish, in_database());
    go_round(what, what.exit_code);
  }
  if (exists("pr_1")) server->drop_databases(prefix + "pr_1");
  SCOPED_TRACE("archive");
  configure(what.wish, in_archives());
  constexpr int k_refused = 4, k_verification = 10;
  go_round(what, what.exit_code == k_refused ? k_verification : what.exit_code);
}

std::string name_of(const testing::TestParamInfo<Case>& each) { return each.param.name; }

const Wish k_without_owner{"{}", false, false, true};
Wish with(const std::string& keys) { return {keys, true, false, false}; }

INSTANTIATE_TEST_SUITE_P(
    LeavesOut, PostgresqlPlan,
    testing::Values(
        Case{"EventTriggers",
             "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;"
             "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f();"
             "COMMENT ON EVENT TRIGGER e IS 'x'",
             {"event trigger 'e': only a superuser can make it"},
             "SELECT count(*) FROM pg_event_trigger",
             "0"},
        Case{"EventTriggersOfASuperuserWhoGivesAllAway",
             "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;"
             "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f();"
             "CREATE EXTENSION pg_stat_statements",
             {"event trigger 'e': it would run as a superuser, and '{preview}' could change its "
              "code"},
             "SELECT (SELECT count(*) FROM pg_event_trigger) || string_agg(extname, ',') FROM "
             "pg_extension WHERE extname <> 'plpgsql'",
             "0pg_stat_statements",
             {"{}", true, true, true}},
        Case{"ExtensionsThatNothingNeeds",
             "CREATE EXTENSION pg_stat_statements; CREATE EXTENSION postgres_fdw; CREATE EXTENSION "
             "pageinspect; CREATE EXTENSION file_fdw; CREATE EXTENSION hstore; COMMENT ON "
             "EXTENSION pageinspect IS 'x'; CREATE TABLE h (a hstore)",
             {"extension 'pg_stat_statements': only a superuser can install it",
              "extension 'postgres_fdw': only", "extension 'pageinspect': only",
              "extension 'file_fdw': only"},
             "SELECT string_agg(extname, ',') FROM pg_extension WHERE extname <> 'plpgsql'",
             "hstore"},
        Case{"ServersAndSignIns",
             "CREATE EXTENSION postgres_fdw; CREATE SERVER elsewhere FOREIGN DATA WRAPPER "
             "postgres_fdw; CREATE USER MAPPING FOR PUBLIC SERVER elsewhere",
             {"extension 'postgres_fdw'", "elsewhere"},
             "SELECT count(*) FROM pg_foreign_server",
             "0"},
        Case{"FunctionsOfUntrustedLanguages",
             "CREATE FUNCTION g(internal) RETURNS internal LANGUAGE internal AS 'boolin';"
             "GRANT EXECUTE ON FUNCTION g(internal) TO {reader}",
             {"function 'public.g(pg_catalog.internal)': only a superuser can make it: it is "
              "written in internal"},
             "SELECT count(*) FROM pg_proc WHERE proname = 'g'",
             "0"},
        Case{"FunctionsWithASuperusersAttributes",
             "CREATE FUNCTION l(int) RETURNS int LANGUAGE sql LEAKPROOF AS 'SELECT 1';"
             "CREATE FUNCTION s() RETURNS int LANGUAGE sql SET session_replication_role = replica "
             "AS 'SELECT 1'; CREATE AGGREGATE a(text, text) (SFUNC = string_agg_transfn, STYPE = "
             "internal, FINALFUNC = string_agg_finalfn); CREATE FUNCTION kept() RETURNS int "
             "LANGUAGE sql SET work_mem = '9MB' AS 'SELECT 1'",
             {"l(integer)': only a superuser can make it: it is marked LEAKPROOF",
              "s()': only a superuser can make it: it sets a parameter",
              "its state is of type internal"},
             "SELECT string_agg(proname, ',') FROM pg_proc WHERE pronamespace = "
             "'public'::regnamespace",
             "kept"},
        Case{"OperatorClassesAndFamilies",
             "CREATE OPERATOR FAMILY f USING btree; CREATE OPERATOR CLASS oc FOR TYPE int4 USING "
             "btree AS OPERATOR 1 < (int4, int4), FUNCTION 1 btint4cmp(int4, int4)",
             {"operator class 'public.oc USING btree'", "operator family 'public f'"},
             "SELECT count(*) FROM pg_opclass WHERE opcname = 'oc'",
             "0"},
        Case{"CastsOfTheServersTypes",
             "CREATE CAST (text AS int) WITH INOUT; CREATE TYPE mood AS ENUM ('a'); CREATE CAST "
             "(text AS mood) WITH INOUT",
             {"cast '(pg_catalog.text AS integer)'"},
             "SELECT count(*) FROM pg_cast WHERE oid >= 16384",
             "1"},
        Case{"WrappersAndTextSearchTemplates",
             "CREATE FOREIGN DATA WRAPPER fw; CREATE TEXT SEARCH TEMPLATE tpl (LEXIZE = "
             "dsimple_lexize); CREATE TEXT SEARCH PARSER ps (START = prsd_start, GETTOKEN = "
             "prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype); COMMENT ON FOREIGN DATA "
             "WRAPPER fw IS 'x'; CREATE TEXT SEARCH CONFIGURATION kept (COPY = simple)",
             {"foreign-data wrapper 'fw'", "text search template 'public tpl'",
              "text search parser 'public ps'"},
             "SELECT count(*) FROM pg_ts_config WHERE cfgname = 'kept'",
             "1"},
        Case{"GrantsOnObjectsOfTheServer",
             "GRANT EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() TO {barman}; GRANT SELECT ON "
             "pg_catalog.pg_authid TO {barman}; GRANT SELECT ON t TO {reader}",
             {"pg_switch_wal()", "pg_authid", "they are on an object of the server"},
             "SELECT has_table_privilege('{reader}', 't', 'SELECT')",
             "t"},
        Case{"GrantsOnObjectsOfExtensions",
             "CREATE EXTENSION hstore; CREATE TABLE h (a hstore); REVOKE EXECUTE ON FUNCTION "
             "akeys(hstore) FROM PUBLIC; GRANT EXECUTE ON FUNCTION akeys(hstore) TO {barman}",
             {"akeys", "they are on an object of an extension"},
             "SELECT count(*) FROM h",
             "0"},
        Case{"DefaultPrivilegesOfAnotherRole",
             "ALTER DEFAULT PRIVILEGES FOR ROLE {app} GRANT SELECT ON TABLES TO {reader};"
             "GRANT SELECT ON t TO {reader}; GRANT USAGE ON SCHEMA public TO {bi}",
             {"default privileges of '{app}': '{preview}' cannot act for '{app}'"},
             "SELECT has_table_privilege('{reader}', 't', 'SELECT')",
             "t"},
        Case{"PublicationsOfEveryForm",
             "CREATE PUBLICATION pb FOR TABLE t; CREATE PUBLICATION every FOR ALL TABLES; COMMENT "
             "ON PUBLICATION pb IS 'x'",
             {"publication 'pb': a copy publishes nothing", "publication 'every'"},
             "SELECT count(*) FROM pg_publication",
             "0"},
        Case{"InvalidIndexes",
             "CREATE UNIQUE INDEX u ON t (n); UPDATE pg_index SET indisvalid = false WHERE "
             "indexrelid = 'u'::regclass; CREATE INDEX kept ON t (n)",
             {"index 'public.u' of 'public.t', which is invalid"},
             "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relkind = 'i' "
             "AND relnamespace = 'public'::regnamespace",
             "kept,t_pkey"},
        Case{"IndexesThatNeedASearchPath",
             "CREATE EXTENSION unaccent; CREATE FUNCTION iu(text) RETURNS text IMMUTABLE LANGUAGE "
             "sql AS $$SELECT unaccent($1)$$; CREATE INDEX broken ON t (iu(n)); CREATE INDEX kept "
             "ON t (lower(n))",
             {"index 'public.broken': it works only with a search_path"},
             "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relkind = 'i' "
             "AND relnamespace = 'public'::regnamespace",
             "kept,t_pkey"},
        Case{"IndexesWhosePlpgsqlNeedsASearchPath",
             "CREATE EXTENSION unaccent; CREATE FUNCTION iu(text) RETURNS text IMMUTABLE LANGUAGE "
             "plpgsql AS $$BEGIN RETURN unaccent($1); END$$; CREATE INDEX broken ON t (iu(n)) "
             "WHERE id > 0",
             {"index 'public.broken': it works only with a search_path"},
             "SELECT count(*) FROM t",
             "2"},
        Case{"WhatTheConfigurationNames",
             "CREATE EXTENSION pg_trgm; CREATE INDEX trgm ON t USING gin (n gin_trgm_ops); CREATE "
             "VIEW v AS SELECT similarity(n, 'x') FROM t; CREATE VIEW kept AS SELECT n FROM t",
             {"extension 'pg_trgm': 'snapshot.extensions.leave_out' names it",
              "index 'public trgm': it needs extension 'pg_trgm'",
              "view 'public v': it needs extension 'pg_trgm'"},
             "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relkind IN "
             "('i', 'v') AND relnamespace = 'public'::regnamespace",
             "kept,t_pkey",
             with(R"({"extensions": {"leave_out": ["pg_trgm"]}})")},
        Case{"WhatIsNotSupportedWithAllThatNeedsIt",
             "CREATE FUNCTION len(text) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS "
             "'textlen'; CREATE VIEW v AS SELECT len(n) FROM t; CREATE INDEX i ON t (len(n))",
             {"function 'public.len(", "view 'public v': it needs function",
              "index 'public i': it needs function"},
             "SELECT count(*) FROM t",
             "2",
             with(R"({"unsupported": "leave_out"})")}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Refuses, PostgresqlPlan,
    testing::Values(
        Case{"FunctionsInUse",
             "CREATE FUNCTION len(text) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS "
             "'textlen'; CREATE VIEW v AS SELECT len(n) FROM t",
             {"function 'public.len(", "view 'public v' needs it"},
             {},
             {},
             {},
             4},
        Case{"TablesWhoseRowsNeedIt",
             "CREATE FUNCTION len(text) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS "
             "'textlen'; CREATE TABLE u (x text CHECK (len(x) < 9))",
             {"function 'public.len(", "table 'public u' needs it"},
             {},
             {},
             with(R"({"unsupported": "leave_out"})"),
             4},
        Case{"ExtensionsInUse",
             "CREATE EXTENSION bloom; CREATE INDEX b ON t USING bloom (id)",
             {"extension 'bloom'", "index 'public b' needs it"},
             {},
             {},
             {},
             4},
        Case{"TypesOfAnExtensionThatIsLeftOut",
             "CREATE EXTENSION hstore; CREATE TABLE h (a hstore)",
             {"extension 'hstore'", "table 'public h' needs it"},
             {},
             {},
             with(R"({"extensions": {"leave_out": ["hstore"]}})"),
             4},
        Case{"EverythingWhereItIsAskedTo",
             "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;"
             "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
             {"event trigger 'e'"},
             {},
             {},
             with(R"({"unsupported": "refuse"})"),
             4},
        Case{"GeneratedColumnsThatNeedASearchPath",
             "CREATE EXTENSION unaccent; CREATE FUNCTION iu(text) RETURNS text IMMUTABLE LANGUAGE "
             "sql AS $$SELECT unaccent($1)$$; ALTER TABLE t ADD g text GENERATED ALWAYS AS (iu(n)) "
             "STORED",
             {"table 'public.t'", "works only with a search_path"},
             {},
             {},
             {},
             4},
        Case{"ChecksThatNeedASearchPath",
             "CREATE EXTENSION unaccent; CREATE FUNCTION iu(text) RETURNS text IMMUTABLE LANGUAGE "
             "plpgsql AS $$BEGIN RETURN unaccent($1); END$$; ALTER TABLE t ADD CHECK (iu(n) <> "
             "'')",
             {"table 'public.t'", "works only with a search_path"},
             {},
             {},
             {},
             4},
        Case{
            "AnExcludedTableWhoseRowsAFunctionReturns",
            "CREATE TABLE audit_log (id int); CREATE FUNCTION last_audit() RETURNS SETOF audit_log "
            "LANGUAGE sql AS 'SELECT 1'",
            {"function public.last_audit() needs public.audit_log"},
            {},
            {},
            with(R"({"exclude": ["audit_log"]})"),
            3},
        Case{"AnExcludedTableThatIsAColumnsType",
             "CREATE TABLE audit_log (id int); CREATE TABLE b (a audit_log, many audit_log[])",
             {"public.b needs public.audit_log"},
             {},
             {},
             with(R"({"exclude": ["audit_log"]})"),
             3},
        Case{"AnExcludedTableThatAPolicyReads",
             "ALTER ROLE {producer} BYPASSRLS; CREATE TABLE members (m text); CREATE POLICY p ON t "
             "USING (n IN (SELECT m FROM members))",
             {"public.t needs public.members"},
             {},
             {},
             with(R"({"exclude": ["members"]})"),
             3},
        Case{"AnExcludedSequenceThatAnotherDefaultUses",
             "CREATE TABLE s (id serial); ALTER TABLE t ADD k int DEFAULT nextval('s_id_seq')",
             {"public.t needs public.s_id_seq"},
             {},
             {},
             with(R"({"exclude": ["s"]})"),
             3},
        Case{"WhatTheProducerMayNotRead",
             "REVOKE pg_read_all_data FROM {producer}; GRANT SELECT ON t TO {producer}; CREATE "
             "TABLE secrets (id serial)",
             {"SELECT on public.secrets"},
             {},
             {},
             {},
             9}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Carries, PostgresqlPlan,
    testing::Values(
        Case{"GrantsByAnotherRoleAsTheOwners",
             "GRANT SELECT ON t TO {bi} WITH GRANT OPTION; GRANT UPDATE (n) ON t TO {reader};"
             "SET ROLE {bi}; GRANT SELECT ON t TO {analyst}; RESET ROLE",
             {"grants on table 'public.t': the owner makes them"},
             "SELECT concat(has_table_privilege('{analyst}', 't', 'SELECT'), "
             "has_table_privilege('{bi}', 't', 'SELECT WITH GRANT OPTION'), "
             "has_column_privilege('{reader}', 't', 'n', 'UPDATE'), "
             "has_table_privilege('{reader}', 't', 'SELECT'))",
             "tttf"},
        Case{"TheVersionsOfExtensions",
             "CREATE EXTENSION pg_trgm VERSION '1.3'; CREATE EXTENSION hstore; CREATE INDEX ON t "
             "USING gin (n gin_trgm_ops)",
             {},
             "SELECT extversion FROM pg_extension WHERE extname = 'pg_trgm'",
             "1.3"},
        Case{"PoliciesWhateverTheirTextSays",
             "ALTER ROLE {producer} BYPASSRLS; CREATE TABLE members (tenant text, u text); CREATE "
             "POLICY p ON t AS RESTRICTIVE TO {reader} USING (n IN (SELECT m.tenant FROM members m "
             "WHERE m.u = current_user AND m.u <> ' TO no_role')); CREATE POLICY q ON t USING "
             "(true); ALTER TABLE t ENABLE ROW LEVEL SECURITY",
             {},
             "SELECT string_agg(polname || polpermissive || polroles[1]::regrole, ',' ORDER BY "
             "polname) FROM pg_policy",
             "pfalse{reader},qtrue-"},
        Case{"OwnersAsFarAsTheyCanBeGivenAnything",
             "GRANT {app}, {bi} TO {producer}; CREATE SCHEMA s AUTHORIZATION {bi}; CREATE TABLE "
             "s.a (id serial); ALTER TABLE s.a OWNER TO {app}; CREATE TABLE b (id int); ALTER "
             "TABLE b OWNER TO {bi}; CREATE TABLE c (id int); ALTER TABLE c OWNER TO {other}; "
             "CREATE VIEW s.v AS SELECT a.id FROM s.a, c; ALTER VIEW s.v OWNER TO {bi}; CREATE "
             "EXTENSION hstore; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA "
             "public TO PUBLIC; CREATE STATISTICS st ON id, n FROM t",
             {"objects of '{other}' (1): they belong to '{producer}'"},
             "SELECT string_agg(relname || '=' || relowner::regrole, ' ' ORDER BY relname) || "
             "has_schema_privilege('{app}', 's', 'CREATE') FROM pg_class WHERE relkind IN "
             "('r', 'v', 'S') AND relnamespace IN ('public'::regnamespace, 's'::regnamespace)",
             "a={app} a_id_seq={app} b={bi} c={producer} t={app} v={bi}false",
             k_without_owner},
        Case{"WhatIsExcludedIsNotAskedFor",
             "REVOKE pg_read_all_data FROM {producer}; GRANT SELECT ON t TO {producer}; CREATE "
             "TABLE secrets (id serial, other int); CREATE MATERIALIZED VIEW secret_sums AS SELECT "
             "1 AS one; CREATE VIEW v AS SELECT 1 AS one; CREATE SCHEMA hidden; CREATE TABLE "
             "hidden.h (id int GENERATED ALWAYS AS IDENTITY); SELECT lo_create(0); CREATE "
             "EXTENSION pg_buffercache",
             {"extension 'pg_buffercache'"},
             "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relkind IN "
             "('r', 'm', 'S') AND relnamespace::regnamespace::text IN ('public', 'hidden')",
             "t",
             with(R"({"exclude": ["secret*", "hidden.*", "pg_catalog.pg_largeobject"]})")},
        Case{
            "EveryKindThatAPlainRoleMayMake",
            "CREATE SCHEMA s; CREATE TYPE e AS ENUM ('a'); CREATE TYPE c AS (x int); CREATE DOMAIN "
            "d AS int CHECK (VALUE > 0); CREATE TYPE r AS RANGE (SUBTYPE = float8); CREATE "
            "COLLATION co (LOCALE = 'C'); CREATE TEXT SEARCH DICTIONARY di (TEMPLATE = simple); "
            "CREATE TEXT SEARCH CONFIGURATION cf (COPY = simple); CREATE FUNCTION fn(int) RETURNS "
            "int LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE PROCEDURE pr() LANGUAGE sql AS ''; "
            "CREATE AGGREGATE ag(int) (SFUNC = int4pl, STYPE = int); CREATE OPERATOR === (LEFTARG "
            "= int, RIGHTARG = int, FUNCTION = int4eq); CREATE TABLE s.k (id serial, e e, d d, r "
            "r); CREATE STATISTICS st ON e, d FROM s.k; CREATE MATERIALIZED VIEW m AS SELECT n "
            "FROM t; CREATE RULE ru AS ON DELETE TO s.k DO INSTEAD NOTHING; CREATE SEQUENCE sq; "
            "CREATE TABLE part (id int) PARTITION BY LIST (id); CREATE TABLE part_1 PARTITION OF "
            "part DEFAULT; CREATE INDEX ON part (id); SELECT lo_from_bytea(4711, 'x'); GRANT "
            "SELECT ON LARGE OBJECT 4711 TO {producer}; COMMENT ON LARGE OBJECT 4711 IS 'y'; "
            "COMMENT ON COLUMN s.k.id IS 'it''s'; COMMENT ON SCHEMA s IS 'z'; GRANT USAGE ON "
            "TYPE e TO {reader}; REVOKE EXECUTE ON FUNCTION fn(int) FROM PUBLIC; CREATE FUNCTION "
            "tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr "
            "BEFORE INSERT ON t EXECUTE FUNCTION tf(); ALTER TABLE t ENABLE ALWAYS TRIGGER tr",
            {},
            "SELECT concat((SELECT count(*) FROM pg_statistic_ext), (SELECT count(*) FROM m), "
            "has_function_privilege('{reader}', 'fn(int)', 'EXECUTE'), "
            "has_type_privilege('{reader}', 'e', 'USAGE'), (SELECT tgenabled FROM pg_trigger WHERE "
            "tgname = 'tr'), obj_description('s'::regnamespace), col_description('s.k'::regclass, "
            "1), (SELECT convert_from(lo_get(4711), 'UTF8')))",
            "12ftAzit'sx"}),
    name_of);

/// On another server; this one plays it after roles are dropped.
class PostgresqlPlanElsewhere : public PostgresqlPlan {};

TEST_P(PostgresqlPlanElsewhere, DecidesByTheRolesThatExist) {
  const auto& what = GetParam();
  server->client(prefix + "shop").run(named(what.setup));
  configure(what.wish, in_archives());
  const auto taken = tidegate({"snapshot"});
  ASSERT_EQ(taken.exit_code, 0) << taken;
  server->drop_databases(prefix + "shop");
  server->client().run(named("DROP ROLE {bi}, {other}"));
  const auto restored = tidegate({"restore", "pr-1", "--yes"});
  ASSERT_EQ(restored.exit_code, what.exit_code) << restored;
  expect_words(restored, what);
  if (what.exit_code != 0) {
    EXPECT_FALSE(exists("pr_1"));
    return;
  }
  EXPECT_EQ(server->client(prefix + "pr_1").text(named(what.probe)), named(what.value));
}

INSTANTIATE_TEST_SUITE_P(
    Roles, PostgresqlPlanElsewhere,
    testing::Values(
        Case{"LeavesOutGrantsAndPoliciesThatMeanNothingThere",
             "ALTER ROLE {producer} BYPASSRLS; GRANT SELECT ON t TO {bi}; CREATE POLICY p ON t TO "
             "{bi} USING (true); CREATE POLICY q ON t TO {reader} USING (n IN (SELECT n FROM t)); "
             "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE TABLE u (id int); GRANT SELECT ON u "
             "TO {reader}; ALTER DEFAULT PRIVILEGES FOR ROLE {preview} GRANT SELECT ON TABLES TO "
             "{bi}",
             {"grants on table 'public.t': there is no role '{bi}' on the server",
              "policy 'p' on 'public.t': there is no role '{bi}'", "default privileges"},
             "SELECT concat((SELECT string_agg(polname, '') FROM pg_policy), "
             "has_table_privilege('{reader}', 'u', 'SELECT'))",
             "qt"},
        Case{"RefusesAPolicyOfWhichOneRoleIsMissing",
             "ALTER ROLE {producer} BYPASSRLS; CREATE POLICY p ON t TO {bi}, {reader} USING (true)",
             {"policy 'p' on 'public.t'", "there is no role '{bi}'"},
             {},
             {},
             {},
             9},
        Case{"GivesToItselfWhatIsOfMissingOwners",
             "GRANT {app} TO {producer}; CREATE TABLE o (id int); ALTER TABLE o OWNER TO {other}; "
             "CREATE VIEW v AS SELECT * FROM o; ALTER VIEW v OWNER TO {app}",
             {"objects of '{other}' (1)", "there is no such role on the server"},
             "SELECT string_agg(relname || '=' || relowner::regrole, ' ' ORDER BY relname) FROM "
             "pg_class WHERE relkind IN ('r', 'v') AND relnamespace = 'public'::regnamespace",
             "o={producer} t={app} v={app}",
             k_without_owner}),
    name_of);

}  // namespace
}  // namespace tidegate::test
