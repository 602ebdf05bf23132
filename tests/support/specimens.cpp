#include "support/specimens.hpp"

namespace tidegate::test {
namespace {

using enum Specimen::Maker;

/// A list, so that specimens of one kind stand together.
using Specimens = std::vector<Specimen>;

Specimens tables() {
  return {
      {"tables and their rows",
       "CREATE TABLE goods (id int PRIMARY KEY, name text NOT NULL DEFAULT 'none', price numeric);"
       "INSERT INTO goods VALUES (1, 'Ä', 'NaN'), (2, '', 2.50)",
       "SELECT string_agg(g::text, ',' ORDER BY id) FROM goods g", "table 'public goods'"},
      {"identity columns and sequences",
       "CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY, s serial); INSERT INTO "
       "numbered "
       "DEFAULT VALUES; CREATE SEQUENCE counter INCREMENT 7 CYCLE MAXVALUE 70; SELECT "
       "nextval('counter')",
       "SELECT concat(string_agg(concat_ws(' ', sequencename, last_value, increment_by, cycle, "
       "data_type), ',' ORDER BY sequencename), (SELECT attidentity FROM pg_attribute WHERE "
       "attrelid = "
       "'numbered'::regclass AND attname = 'id')) FROM pg_sequences WHERE schemaname = 'public'",
       "numbered"},
      {"stored generated columns",
       "CREATE TABLE doubled (a int, b int GENERATED ALWAYS AS (a * 2) STORED); INSERT INTO "
       "doubled "
       "VALUES (4)",
       "SELECT concat(b, attgenerated) FROM doubled, pg_attribute WHERE attrelid = "
       "'doubled'::regclass "
       "AND attname = 'b'",
       "doubled"},
      {"generated columns whose function was changed since",
       "CREATE FUNCTION rate(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2'; CREATE "
       "TABLE rated (a int, b int GENERATED ALWAYS AS (public.rate(a)) STORED); INSERT INTO rated "
       "VALUES (4); CREATE OR REPLACE FUNCTION rate(int) RETURNS int LANGUAGE sql IMMUTABLE AS "
       "'SELECT $1 * 3'",
       "SELECT b FROM rated",
       "rated",
       {},
       app,
       13,
       99,
       true},
      {"partition trees",
       "CREATE TABLE days (d date, n int) PARTITION BY RANGE (d); CREATE TABLE days_1 PARTITION OF "
       "days FOR VALUES FROM ('2026-01-01') TO ('2026-02-01') PARTITION BY LIST (n); CREATE TABLE "
       "days_1_1 PARTITION OF days_1 FOR VALUES IN (1, NULL); CREATE TABLE days_rest PARTITION OF "
       "days DEFAULT; CREATE INDEX days_n ON days (n); INSERT INTO days VALUES ('2026-01-02', 1), "
       "('2027-01-01', 2)",
       "SELECT string_agg(c.oid::regclass || ' ' || pg_get_expr(relpartbound, c.oid) || (SELECT "
       "count(*) FROM pg_index WHERE indrelid = c.oid), ',' ORDER BY relname) || (SELECT count(*) "
       "FROM days) FROM pg_class c WHERE relispartition AND relkind IN ('r', 'p')",
       "days"},
      {"inheritance",
       "CREATE TABLE parents (id int); CREATE TABLE children (x int) INHERITS (parents); INSERT "
       "INTO "
       "children VALUES (1, 2)",
       "SELECT (SELECT count(*) FROM parents) || inhparent::regclass::text FROM pg_inherits WHERE "
       "inhrelid = 'children'::regclass",
       "children"},
      {"unlogged tables", "CREATE UNLOGGED TABLE cache (id int); INSERT INTO cache VALUES (1)",
       "SELECT concat(relpersistence, (SELECT count(*) FROM cache)) FROM pg_class WHERE oid = "
       "'cache'::regclass",
       "cache"},
      {"keys, checks and exclusions, deferred or not valid",
       "CREATE TABLE tied (id int UNIQUE DEFERRABLE INITIALLY DEFERRED, g int, r int4range, "
       "EXCLUDE "
       "USING gist (r WITH &&), CONSTRAINT small CHECK (g < 9) NO INHERIT); ALTER TABLE tied ADD "
       "CONSTRAINT to_goods FOREIGN KEY (g) REFERENCES goods ON DELETE SET NULL NOT VALID",
       "SELECT string_agg(pg_get_constraintdef(oid), ',' ORDER BY conname) FROM pg_constraint "
       "WHERE "
       "conrelid = 'tied'::regclass",
       "tied"},
      {"storage parameters, statistics targets, replica identity",
       "CREATE TABLE tuned (a text NOT NULL, b text) WITH (fillfactor = 70, "
       "autovacuum_enabled = false); ALTER TABLE tuned ALTER a SET STORAGE EXTERNAL, ALTER b SET "
       "STATISTICS 7, ALTER b SET (n_distinct = 5); CREATE UNIQUE INDEX tuned_a ON tuned (a); "
       "ALTER "
       "TABLE tuned REPLICA IDENTITY USING INDEX tuned_a, CLUSTER ON tuned_a",
       "SELECT concat(reloptions, relreplident, (SELECT string_agg(concat(attstorage, "
       "nullif(attstattarget, -1), attoptions), ',' ORDER BY attnum) FROM pg_attribute WHERE "
       "attrelid = c.oid AND attnum > 0), (SELECT concat(indisclustered, indisreplident) FROM "
       "pg_index WHERE indrelid = c.oid)) FROM pg_class c WHERE oid = 'tuned'::regclass",
       "tuned"},
      {"indexes of expressions, partial ones, with other columns",
       "CREATE INDEX goods_lower ON goods (lower(name) text_pattern_ops DESC) INCLUDE (price) "
       "WHERE "
       "price > 0",
       "SELECT indexdef FROM pg_indexes WHERE indexname = 'goods_lower'", "goods_lower"},
      {"invalid indexes",
       "CREATE UNIQUE INDEX broken_index ON goods (price); UPDATE pg_index SET indisvalid = false "
       "WHERE indexrelid = 'broken_index'::regclass",
       "SELECT indexdef FROM pg_indexes WHERE indexname = 'broken_index'",
       "broken_index",
       {},
       superuser},
      {"foreign tables",
       "CREATE FOREIGN DATA WRAPPER far_wrapper; CREATE SERVER far_server FOREIGN DATA WRAPPER "
       "far_wrapper; CREATE FOREIGN TABLE far_table (id int) SERVER far_server",
       "SELECT relname FROM pg_class WHERE relname = 'far_table'", "far_table",
       "DROP FOREIGN DATA WRAPPER far_wrapper CASCADE", superuser}};
}

Specimens views_and_code() {
  return {
      {"views, with options",
       "CREATE VIEW cheap WITH (security_barrier) AS SELECT * FROM goods WHERE price < 9 WITH "
       "LOCAL "
       "CHECK OPTION",
       "SELECT pg_get_viewdef(oid) || reloptions::text FROM pg_class WHERE relname = 'cheap'",
       "cheap"},
      {"materialized views, filled", "CREATE MATERIALIZED VIEW sums AS SELECT count(*) FROM goods",
       "SELECT count FROM sums", "sums"},
      {"materialized views, never filled",
       "CREATE MATERIALIZED VIEW empty_view AS SELECT 1 AS one WITH NO DATA",
       "SELECT relispopulated FROM pg_class WHERE relname = 'empty_view'", "empty_view"},
      {"materialized views that are behind their tables",
       "CREATE TABLE fresh (id int); CREATE MATERIALIZED VIEW stale AS SELECT count(*) FROM fresh; "
       "INSERT INTO fresh VALUES (1)",
       "SELECT count FROM stale",
       "stale",
       {},
       app,
       13,
       99,
       true},
      {"rules",
       "CREATE TABLE ruled (id int); CREATE RULE nothing_goes AS ON DELETE TO ruled DO "
       "INSTEAD NOTHING; ALTER TABLE ruled DISABLE RULE nothing_goes",
       "SELECT concat(pg_get_ruledef(oid), ev_enabled) FROM pg_rewrite WHERE rulename = "
       "'nothing_goes'",
       "nothing_goes"},
      {"triggers, disabled, ALWAYS or deferred",
       "CREATE FUNCTION on_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; "
       "CREATE TRIGGER off BEFORE INSERT ON numbered FOR EACH ROW EXECUTE FUNCTION on_change(); "
       "ALTER TABLE numbered DISABLE TRIGGER off; CREATE TRIGGER always AFTER UPDATE ON numbered "
       "REFERENCING NEW TABLE AS n EXECUTE FUNCTION on_change(); ALTER TABLE numbered ENABLE "
       "ALWAYS "
       "TRIGGER always; CREATE CONSTRAINT TRIGGER late AFTER INSERT ON numbered DEFERRABLE "
       "INITIALLY "
       "DEFERRED FOR EACH ROW EXECUTE FUNCTION on_change()",
       "SELECT string_agg(concat(pg_get_triggerdef(oid), tgenabled), ',' ORDER BY tgname) FROM "
       "pg_trigger WHERE tgrelid = 'numbered'::regclass",
       "trigger 'public numbered"},
      {"functions, procedures and aggregates of trusted languages",
       "CREATE FUNCTION plus(int, VARIADIC int[] DEFAULT '{1}') RETURNS int LANGUAGE sql STABLE "
       "SECURITY DEFINER PARALLEL SAFE COST 7 SET work_mem = '9MB' AS 'SELECT $1'; CREATE "
       "PROCEDURE "
       "proceed(INOUT x int) LANGUAGE plpgsql AS 'BEGIN x := 1; END'; CREATE AGGREGATE total(int) "
       "(SFUNC = int4pl, STYPE = int, INITCOND = '0')",
       "SELECT string_agg(CASE prokind WHEN 'a' THEN 'total' ELSE pg_get_functiondef(oid) END, ',' "
       "ORDER BY proname) FROM pg_proc WHERE proname IN ('plus', 'proceed', 'total') AND "
       "pronamespace = 'public'::regnamespace",
       "public.plus("},
      {"functions of untrusted languages",
       "CREATE FUNCTION raw(internal) RETURNS internal LANGUAGE internal AS 'boolin'",
       "SELECT proname FROM pg_proc WHERE proname = 'raw'",
       "public.raw(",
       {},
       superuser},
      {"functions of untrusted languages that something needs",
       "CREATE FUNCTION len(text) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'textlen'; "
       "CREATE VIEW lengths AS SELECT len(name) FROM goods",
       "SELECT proname FROM pg_proc WHERE proname = 'len'", "public.len(",
       "DROP FUNCTION len(text) CASCADE", superuser},
      {"`LEAKPROOF` functions",
       "CREATE FUNCTION tight(int) RETURNS int LANGUAGE sql LEAKPROOF AS 'SELECT 1'",
       "SELECT proleakproof FROM pg_proc WHERE proname = 'tight'",
       "public.tight(",
       {},
       superuser},
      {"functions that set a superuser's parameter",
       "CREATE FUNCTION mighty() RETURNS int LANGUAGE sql SET session_replication_role = replica "
       "AS "
       "'SELECT 1'",
       "SELECT proconfig FROM pg_proc WHERE proname = 'mighty'",
       "public.mighty(",
       {},
       superuser},
      {"indexes whose function needs a `search_path`",
       "CREATE FUNCTION helper(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE "
       "FUNCTION lost(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN helper($1); "
       "END'; CREATE INDEX lost_index ON goods (lost(name))",
       "SELECT indexdef FROM pg_indexes WHERE indexname = 'lost_index'",
       "lost_index",
       {},
       app,
       13,
       17},
      {"event triggers",
       "CREATE FUNCTION on_event() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE "
       "EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION on_event(); COMMENT ON EVENT "
       "TRIGGER "
       "watch IS 'of an event trigger'",
       "SELECT evtname FROM pg_event_trigger WHERE evtname = 'watch'",
       "event trigger 'watch'",
       {},
       superuser},
      {"languages",
       "CREATE LANGUAGE other_language HANDLER plpgsql_call_handler",
       "SELECT lanname FROM pg_language WHERE lanname = 'other_language'",
       "other_language",
       {},
       superuser}};
}

Specimens types() {
  return {
      {"enumerations, composite types, ranges",
       "CREATE TYPE mood AS ENUM ('sad', 'it''s ok'); ALTER TYPE mood ADD VALUE 'glad' BEFORE "
       "'sad'; "
       "CREATE TYPE pair AS (a int, b text COLLATE \"C\"); CREATE TYPE span AS RANGE (SUBTYPE = "
       "float8)",
       "SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) || '(1,x)'::pair::text || "
       "'[1,2]'::span::text FROM pg_enum WHERE enumtypid = 'mood'::regtype",
       "mood"},
      {"domains with checks",
       "CREATE DOMAIN positive AS int DEFAULT 5 NOT NULL CONSTRAINT above CHECK (VALUE > 0); "
       "CREATE "
       "DOMAIN tags AS text[] CHECK (array_length(VALUE, 1) < 9)",
       "SELECT string_agg(contypid::regtype || pg_get_constraintdef(oid), ',' ORDER BY "
       "contypid::regtype::text, conname) FROM pg_constraint WHERE contypid IN "
       "('positive'::regtype, "
       "'tags'::regtype)",
       "positive"},
      {"base types",
       "CREATE TYPE chars; CREATE FUNCTION chars_in(cstring) RETURNS chars LANGUAGE internal "
       "IMMUTABLE STRICT AS 'textin'; CREATE FUNCTION chars_out(chars) RETURNS cstring LANGUAGE "
       "internal IMMUTABLE STRICT AS 'textout'; CREATE TYPE chars (INPUT = chars_in, OUTPUT = "
       "chars_out, LIKE = text)",
       "SELECT typname FROM pg_type WHERE typname = 'chars' AND typisdefined", "chars",
       "DROP TYPE chars CASCADE", superuser},
      {"collations", "CREATE COLLATION plain_order (LOCALE = 'C')",
       "SELECT collcollate FROM pg_collation WHERE collname = 'plain_order'", "plain_order"},
      {"conversions", "CREATE CONVERSION latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
       "SELECT conproc FROM pg_conversion WHERE conname = 'latin'", "latin"},
      {"text search configurations and dictionaries",
       "CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple, STOPWORDS = english); CREATE TEXT "
       "SEARCH CONFIGURATION search (COPY = simple); ALTER TEXT SEARCH CONFIGURATION search ALTER "
       "MAPPING FOR asciiword WITH words, simple",
       "SELECT to_tsvector('search', 'the x')::text || dictinitoption FROM pg_ts_dict WHERE "
       "dictname "
       "= 'words'",
       "text search configuration"},
      {"text search parsers and templates",
       "CREATE TEXT SEARCH TEMPLATE template_1 (LEXIZE = dsimple_lexize); CREATE TEXT SEARCH "
       "PARSER "
       "parser_1 (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = "
       "prsd_lextype)",
       "SELECT prsname FROM pg_ts_parser WHERE prsname = 'parser_1'",
       "parser_1",
       {},
       superuser},
      {"operators",
       "CREATE FUNCTION same(mood, mood) RETURNS boolean LANGUAGE sql AS 'SELECT $1::text = "
       "$2::text'; CREATE OPERATOR === (LEFTARG = mood, RIGHTARG = mood, FUNCTION = same, "
       "COMMUTATOR = ===)",
       "SELECT oprname || oprcode::text FROM pg_operator WHERE oprname = '==='", "==="},
      {"operator classes and families",
       "CREATE OPERATOR FAMILY family_1 USING btree; CREATE OPERATOR CLASS class_1 FOR TYPE int4 "
       "USING btree AS OPERATOR 1 < (int4, int4), FUNCTION 1 btint4cmp(int4, int4)",
       "SELECT opcname FROM pg_opclass WHERE opcname = 'class_1'",
       "class_1",
       {},
       superuser},
      {"casts of own types", "CREATE CAST (text AS mood) WITH INOUT AS ASSIGNMENT",
       "SELECT castcontext FROM pg_cast WHERE casttarget = 'mood'::regtype", "AS public.mood"},
      {"casts of the server's types",
       "CREATE CAST (text AS int) WITH INOUT",
       "SELECT castmethod FROM pg_cast WHERE castsource = 'text'::regtype AND casttarget = "
       "'int'::regtype",
       "cast '(pg_catalog.text AS integer)'",
       {},
       superuser},
      {"transforms",
       "CREATE TRANSFORM FOR point LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO "
       "SQL "
       "WITH FUNCTION point_recv(internal))",
       "SELECT trftype FROM pg_transform WHERE trftype = 'point'::regtype",
       "transform 'for",
       {},
       superuser},
      {"access methods",
       "CREATE ACCESS METHOD method_1 TYPE INDEX HANDLER bthandler",
       "SELECT amname FROM pg_am WHERE amname = 'method_1'",
       "method_1",
       {},
       superuser},
      {"statistics objects",
       "CREATE STATISTICS joint (ndistinct, mcv) ON name, price FROM goods; ALTER STATISTICS joint "
       "SET STATISTICS 9",
       "SELECT pg_get_statisticsobjdef(oid) || stxstattarget FROM pg_statistic_ext WHERE stxname = "
       "'joint'",
       "joint"}};
}

}  // namespace

std::vector<Specimen> schema_specimens() { return joined({tables(), types(), views_and_code()}); }

std::vector<Specimen> joined(std::vector<std::vector<Specimen>> lists) {
  Specimens all;
  for (auto& list : lists) {
    for (auto& each : list) all.push_back(std::move(each));
  }
  return all;
}

std::vector<Specimen> specimens_for(int version) {
  auto all = joined({schema_specimens(), rights_specimens()});
  std::erase_if(
      all, [&](const Specimen& each) { return version < each.since || version >= each.before; });
  return all;
}

}  // namespace tidegate::test
