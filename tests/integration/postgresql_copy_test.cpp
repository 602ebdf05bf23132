// A preview holds exactly what production held, from a snapshot database and from an archive.

#include "support/postgresql_copy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// `{db}`, `{user}`, `{app}`, `{owner}` and `{role}` stand for the names, quoted.
struct CopyOutcome {
  const char* name;
  const char* production;  ///< a superuser runs it in production
  const char* probe;       ///< has the same result in the preview as in production,
  const char* other = "";  ///< or this result, where it must differ
  const char* said = "";   ///< in the output of snapshot and restore
};

std::ostream& operator<<(std::ostream& out, const CopyOutcome& copied) {
  return out << copied.name;
}

std::string name_of(const testing::TestParamInfo<CopyOutcome>& tried) { return tried.param.name; }

class Copies : public PostgresqlCopy, public testing::WithParamInterface<CopyOutcome> {
 protected:
  void expect_copied(const CopyOutcome& copied, const Json& snapshot) {
    const auto expected = in(production()).text(text(copied.probe));
    EXPECT_THAT(copy(snapshot), HasSubstr(copied.said));
    EXPECT_EQ(in(preview()).text(text(copied.probe)),
              *copied.other != '\0' ? copied.other : expected);
    tidegate(0, {"drop", "pr-1"});
    EXPECT_THAT(staging(), IsEmpty());
  }
};

TEST_P(Copies, HoldTheContentOfProduction) {
  const auto& copied = GetParam();
  in(production()).run(text(copied.production));
  {
    SCOPED_TRACE("a snapshot database");
    expect_copied(copied, in_a_database());
  }
  SCOPED_TRACE("an archive");
  expect_copied(copied, in_archives());
  tidegate(0, {"verify", "snapshot", "--restore"});
}

INSTANTIATE_TEST_SUITE_P(
    MaterializedViews, Copies,
    testing::Values(
        CopyOutcome{"TimeZone",
                    "ALTER DATABASE {db} SET timezone = 'Asia/Tokyo'; SET timezone = 'Asia/Tokyo';"
                    "CREATE TABLE e AS SELECT '2026-01-01 20:00+00'::timestamptz AS at;"
                    "CREATE MATERIALIZED VIEW days AS SELECT at::date AS d FROM e",
                    "SELECT d FROM days", "", "1 materialized view under the settings of"},
        CopyOutcome{
            "CustomSetting",
            "ALTER DATABASE {db} SET app.tenant = 'acme'' & co'; SET app.tenant = 'acme'' & co';"
            "CREATE MATERIALIZED VIEW who AS SELECT current_setting('app.tenant') AS t",
            "SELECT t FROM who"},
        CopyOutcome{"TextSearch",
                    "ALTER DATABASE {db} SET default_text_search_config = 'pg_catalog.german';"
                    "SET default_text_search_config = 'pg_catalog.german';"
                    "CREATE MATERIALIZED VIEW words AS SELECT to_tsvector('die Häuser')::text AS t",
                    "SELECT t FROM words"},
        CopyOutcome{"SettingOfTheOwner",
                    "ALTER ROLE {app} IN DATABASE {db} SET datestyle = 'SQL, DMY';"
                    "SET datestyle = 'SQL, DMY';"
                    "CREATE MATERIALIZED VIEW said AS SELECT '2026-02-01'::date::text AS t",
                    "SELECT t FROM said"},
        CopyOutcome{"Stale",
                    "CREATE TABLE n AS SELECT 1 AS i; CREATE MATERIALIZED VIEW sums AS "
                    "SELECT sum(i) FROM n; INSERT INTO n VALUES (2)",
                    "SELECT sum FROM sums", "3", "refreshed during the copy"},
        CopyOutcome{"StaleWithOtherRows",
                    "CREATE TABLE n AS SELECT 1 AS i; CREATE MATERIALIZED VIEW seen AS "
                    "SELECT i FROM n; INSERT INTO n VALUES (2)",
                    "SELECT count(*) FROM seen", "2", "refreshed during the copy"},
        CopyOutcome{
            "NeverFilled",
            "CREATE MATERIALIZED VIEW none AS SELECT 1 AS i WITH NO DATA;"
            "CREATE MATERIALIZED VIEW empty AS SELECT 1 AS i WHERE false",
            "SELECT string_agg(relname || relispopulated, ' ' ORDER BY relname) FROM pg_class "
            "WHERE relkind = 'm'"},
        CopyOutcome{"WithAnIndex",
                    "CREATE MATERIALIZED VIEW big AS SELECT i FROM generate_series(1, 1000) i;"
                    "CREATE UNIQUE INDEX big_i ON big (i)",
                    "SELECT count(*) || pg_get_indexdef('big_i'::regclass) FROM big"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    GeneratedColumns, Copies,
    testing::Values(
        CopyOutcome{
            "OfAFunctionThatWasChanged",
            "CREATE FUNCTION tax(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 * 2';"
            "CREATE TABLE t (n int, g int GENERATED ALWAYS AS (public.tax(n)) STORED, z text);"
            "INSERT INTO t (n, z) SELECT i, 'z' FROM generate_series(1, 3) i;"
            "CREATE OR REPLACE FUNCTION tax(int) RETURNS int IMMUTABLE LANGUAGE sql AS "
            "'SELECT $1 * 3'",
            "SELECT sum(g) FROM t", "18", "generated columns were computed again"},
        CopyOutcome{"OfASetting",
                    "ALTER DATABASE {db} SET app.tenant = 'acme'; SET app.tenant = 'acme';"
                    "CREATE FUNCTION who() RETURNS text IMMUTABLE LANGUAGE sql AS "
                    "$$SELECT current_setting('app.tenant')$$;"
                    "CREATE TABLE t (n int, g text GENERATED ALWAYS AS (public.who()) STORED);"
                    "INSERT INTO t VALUES (1)",
                    "SELECT g FROM t"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Settings, Copies,
    testing::Values(
        CopyOutcome{"ReadOnlyProducer", "ALTER ROLE {user} SET default_transaction_read_only = on",
                    "SELECT count(*) FROM people"},
        CopyOutcome{"ReadOnlyDatabase",
                    "ALTER DATABASE {db} SET default_transaction_read_only = on",
                    "SELECT count(*) FROM people"},
        CopyOutcome{"TimeLimits",
                    "ALTER ROLE {user} SET statement_timeout = '400ms';"
                    "ALTER ROLE {user} SET idle_in_transaction_session_timeout = '400ms';"
                    "ALTER DATABASE {db} SET statement_timeout = '300ms';"
                    "CREATE MATERIALIZED VIEW slow AS SELECT pg_sleep(0.8)::text AS nothing",
                    "SELECT count(*) FROM people"},
        CopyOutcome{"TablespaceOfTheProducer",
                    "ALTER ROLE {user} SET default_tablespace = 'pg_global'",
                    "SELECT count(*) FROM people"},
        CopyOutcome{"CheckOfASetting",
                    "ALTER DATABASE {db} SET app.tenant = 'acme'; SET app.tenant = 'acme';"
                    "CREATE TABLE t (x text CHECK (x = current_setting('app.tenant')));"
                    "INSERT INTO t VALUES ('acme')",
                    "SELECT x FROM t", "", "setting 'app.tenant'"},
        CopyOutcome{"CheckOfASettingOfTheOwner",
                    "ALTER ROLE {app} SET app.tenant = 'wrong';"
                    "ALTER ROLE {app} IN DATABASE {db} SET app.tenant = 'a b\\c';"
                    "SET app.tenant = 'a b\\c';"
                    "CREATE TABLE t (x text CHECK (x = current_setting('app.tenant')));"
                    "INSERT INTO t VALUES ('a b\\c')",
                    "SELECT x FROM t"},
        CopyOutcome{"IndexAndStatisticsOfASetting",
                    "ALTER DATABASE {db} SET app.tenant = 'acme'; SET app.tenant = 'acme';"
                    "CREATE FUNCTION who(int) RETURNS text IMMUTABLE LANGUAGE sql AS "
                    "$$SELECT current_setting('app.tenant') || $1$$;"
                    "CREATE INDEX ON people (public.who(id)); ANALYZE people",
                    "SELECT count(*) FROM pg_indexes WHERE tablename = 'people'"},
        CopyOutcome{"PrintedNames",
                    "ALTER DATABASE {db} SET quote_all_identifiers = on;"
                    "CREATE VIEW seen AS SELECT id FROM people WHERE name <> ''",
                    "SELECT count(*) FROM seen"},
        CopyOutcome{"NullsInArrays",
                    "ALTER DATABASE {db} SET array_nulls = off; SET array_nulls = on;"
                    "CREATE TABLE t AS SELECT '{a,NULL}'::text[] AS a",
                    "SELECT a[2] IS NULL FROM t"},
        CopyOutcome{"TimesInDefinitions",
                    "ALTER DATABASE {db} SET timezone = 'Asia/Tokyo';"
                    "CREATE TABLE t (at timestamptz DEFAULT '2026-01-01 00:00+00' "
                    "CHECK (at >= '2026-01-01 00:00+00'));"
                    "INSERT INTO t DEFAULT VALUES",
                    "SELECT at = '2026-01-01 00:00+00' FROM t"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Definitions, Copies,
    testing::Values(
        CopyOutcome{
            "ThatTheServerPrintsOtherwise",
            "CREATE DOMAIN d AS varchar(5) CHECK (value IN ('a', 'b'));"
            "CREATE TABLE t (s varchar(9) CHECK (s IN ('a', 'b')), c d, n int CHECK (n BETWEEN 1 "
            "AND 5 AND n <> 3), z text CHECK (z NOT IN ('x', 'y') OR n BETWEEN 2 AND 3 AND z LIKE "
            "'a%'), EXCLUDE USING btree (n WITH =) WHERE (s IN ('a', 'b')));"
            "CREATE INDEX ON t (lower(s)) WHERE s IN ('a', 'b') AND n BETWEEN 1 AND 2;"
            "CREATE VIEW v AS SELECT *, n BETWEEN 1 AND 2 AND n > 0 AS q FROM t WHERE s IN "
            "('a', 'b'); CREATE POLICY p ON t USING (s IN ('a', 'b') AND n BETWEEN 1 AND 2);"
            "CREATE RULE r AS ON UPDATE TO v WHERE new.n BETWEEN 1 AND 2 AND true DO INSTEAD "
            "NOTHING; CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT "
            "count(*) FROM t WHERE s IN ('a', 'b') AND n BETWEEN 1 AND 2; END;"
            "CREATE STATISTICS st ON (lower(s)), (n * 2) FROM t",
            "SELECT count(*) FROM pg_constraint WHERE conrelid = 't'::regclass"},
        CopyOutcome{
            "GrantsOfEveryKind",
            "CREATE ROLE {role}; ALTER TABLE people OWNER TO {app};"
            "REVOKE ALL ON people FROM {app}; GRANT SELECT ON people TO {app}, {owner};"
            "GRANT SELECT (id) ON people TO {role} WITH GRANT OPTION;"
            "GRANT INSERT, UPDATE ON people TO {role};"
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
            "REVOKE ALL ON FUNCTION f() FROM PUBLIC; GRANT USAGE ON SCHEMA \"Odd schema\" TO "
            "{role}; CREATE TYPE mood AS ENUM ('a'); REVOKE USAGE ON TYPE mood FROM PUBLIC",
            "SELECT has_function_privilege({role_text}, 'f()', 'EXECUTE')::text || "
            "has_table_privilege({role_text}, 'people', 'INSERT') || "
            "has_column_privilege({role_text}, 'people', 'id', 'SELECT WITH GRANT OPTION')"},
        CopyOutcome{"RevokedOnTheServersOwn",
                    "REVOKE EXECUTE ON FUNCTION pg_sleep(double precision) FROM PUBLIC", "SELECT 1",
                    "", "FUNCTION pg_sleep(double precision)"},
        CopyOutcome{"RevokedOnAnExtensions",
                    "CREATE EXTENSION pg_trgm; REVOKE ALL ON FUNCTION show_trgm(text) FROM PUBLIC",
                    "SELECT extversion FROM pg_extension WHERE extname = 'pg_trgm'", "",
                    "FUNCTION show_trgm(text)"},
        CopyOutcome{"AccessToTheDatabase", "REVOKE TEMPORARY ON DATABASE {db} FROM PUBLIC",
                    "SELECT has_database_privilege('public', current_database(), 'TEMP')"},
        CopyOutcome{
            "BodiesThatLookLikeAScript",
            "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$SELECT '\n--\n-- Name: people; "
            "Type: TABLE; Schema: public; Owner: -\n--\n\n'::text$$",
            "SELECT f()"}),
    name_of);

}  // namespace
}  // namespace tidegate::test
