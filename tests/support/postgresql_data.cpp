#include "support/postgresql_data.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace tidegate::test {
namespace {

constexpr auto k_tables = R"(
SELECT c.oid::regclass::text, c.relkind::text
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'm', 'v', 'p') AND relispopulated AND nspname !~ '^(pg_|information_schema)')";

/// Each gives one column of lines.
constexpr std::array<const char*, 12> k_questions{
    R"(SELECT format('schema %I %s', nspname, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_')",
    R"(SELECT format('column %s %I %s %s %s %s', attrelid::regclass, attname,
         format_type(atttypid, atttypmod), attnotnull, attidentity,
         pg_get_expr(d.adbin, d.adrelid))
       FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
       LEFT JOIN pg_attrdef d ON d.adrelid = attrelid AND d.adnum = attnum
       WHERE attnum > 0 AND NOT attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'c')
       AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)')",
    R"(SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
       FROM pg_constraint WHERE connamespace::regnamespace::text !~ '^(pg_|information_schema)')",
    R"(SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname !~ '^(pg_|information_schema)')",
    R"(SELECT format('view %I.%I %s', schemaname, viewname, definition) FROM pg_views
       WHERE schemaname !~ '^(pg_|information_schema)')",
    R"(SELECT format('view %I.%I %s', schemaname, matviewname, definition) FROM pg_matviews)",
    R"(SELECT format('sequence %I.%I %s %s %s', schemaname, sequencename, last_value, increment_by,
       data_type) FROM pg_sequences)",
    R"(SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc
       WHERE prokind <> 'a' AND pronamespace::regnamespace::text !~ '^(pg_|information_schema)')",
    R"(SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal)",
    R"(SELECT format('partition %s of %s %s', inhrelid::regclass, inhparent::regclass,
       pg_get_expr(relpartbound, c.oid)) FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid)",
    R"(SELECT format('enum %s %s', enumtypid::regtype,
       string_agg(enumlabel, ',' ORDER BY enumsortorder)) FROM pg_enum GROUP BY enumtypid)",
    R"(SELECT format('large object %s %s', oid, md5(lo_get(oid))) FROM pg_largeobject_metadata)"};

std::string rows_of(SqlClient& client, const std::string& table) {
  return client.text(
      "SELECT count(*) || ' rows, ' || coalesce(md5(string_agg(whole_row::text, '|' ORDER BY "
      "whole_row::text COLLATE \"C\")), 'none') FROM " +
      table + " whole_row");
}

}  // namespace

const char* const k_one_of_everything = R"(
CREATE SCHEMA "Sales Of 2026"; CREATE SCHEMA "DATA";
CREATE TYPE mood AS ENUM ('sad', 'it''s ok'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE pair AS (a int, b text);
CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE "Sales Of 2026"."or""der.s" (id bigserial PRIMARY KEY,
  "user" int NOT NULL REFERENCES users ON DELETE CASCADE, at timestamptz DEFAULT now());
CREATE TABLE "DATA".x (id int);
CREATE TABLE kinds (a smallint, b int, c bigint, d numeric(40,10), e real, f double precision,
  g money, h varchar(9), i char(4), j bytea, k timestamp, l timestamptz, m date, n time, o timetz,
  p interval, q boolean, r mood, s point, t line, u lseg, v box, w path, x polygon, y circle,
  z cidr, aa inet, ab macaddr, ac macaddr8, ad bit(3), ae varbit, af tsvector, ag tsquery, ah uuid,
  ai xml, aj json, ak jsonb, al int[], am text[][], an positive, ao pair, ap int4range,
  aq tstzrange, ar nummultirange, at pg_lsn, au name, av jsonpath);
INSERT INTO kinds VALUES (-1, 2, 3, 'NaN', '-0', 'Infinity', 12.5, E'\t\\x', 'ab', '\x00ff0a5c',
  'infinity', '2026-11-22 03:00:04.123456+02', '4713-01-01 BC', '24:00', '03:00+05:30',
  '-1 year 2 days', true, 'it''s ok', '(1,2)', '{1,2,3}', '((1,2),(3,4))', '((1,2),(3,4))',
  '[(1,2),(3,4)]', '((1,2),(3,4),(5,6))', '<(1,2),3>', '10.0.0.0/8', '::1', '08:00:2b:01:02:03',
  '08:00:2b:01:02:03:04:05', '101', '1', 'a:1 b:2', 'a & !b',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '<a>b</a>', '{"a" : 1, "a": 2}', '{"a": null}',
  '{1,NULL,3}', '{{a,"b,c"},{"d\"","NULL"}}', 5, '(1,"x y")', '[1,5)',
  '(2026-01-01 00:00+00,)', '{[1,2),(3,)}', '16/B374D848', 'n', '$.a[*]');
INSERT INTO kinds DEFAULT VALUES;
INSERT INTO users (name) SELECT 'name ' || i FROM generate_series(1, 1000) i;
INSERT INTO "Sales Of 2026"."or""der.s" ("user", at)
  SELECT 1 + i % 1000, '2026-01-01'::timestamptz + i * interval '1 hour'
  FROM generate_series(1, 5000) i;
CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');
CREATE TABLE parts_2 PARTITION OF parts DEFAULT;
INSERT INTO parts SELECT i, '2026-01-01'::date + i FROM generate_series(1, 365) i;
CREATE VIEW busy AS SELECT "user", count(*) FROM "Sales Of 2026"."or""der.s" GROUP BY 1;
CREATE MATERIALIZED VIEW busy_once AS SELECT * FROM busy;
CREATE INDEX ON users (lower(name)); CREATE SEQUENCE alone START 7; SELECT nextval('alone');
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2';
CREATE TABLE without_columns ();
SELECT lo_from_bytea(0, decode(repeat('00ff', 5000), 'hex')), lo_from_bytea(0, 'second');
)";

const char* const k_little_of_everything = R"(
CREATE SCHEMA "Odd schema";
CREATE TABLE people (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE "Odd schema".orders (id int PRIMARY KEY, person int REFERENCES people);
CREATE TABLE plain AS SELECT generate_series(1, 100) AS number;
CREATE VIEW busy AS SELECT person, count(*) FROM "Odd schema".orders GROUP BY 1;
INSERT INTO people (name) SELECT 'p' || i FROM generate_series(1, 500) i;
INSERT INTO "Odd schema".orders SELECT i, i FROM generate_series(1, 300) i;
SELECT lo_from_bytea(0, 'large object');
)";

PostgresImage image_of(SqlClient& client) {
  client.run("SET search_path = ''; SET extra_float_digits = 1; SET bytea_output = 'hex'");
  PostgresImage lines;
  for (const auto& row : client.rows(k_tables)) {
    const auto name = row[0].value_or("");
    lines.push_back("table " + name + " " + row[1].value_or("") + " " + rows_of(client, name));
  }
  for (const auto* question : k_questions) {
    for (auto& line : client.column(question)) lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> differences(const PostgresImage& expected, const PostgresImage& found) {
  std::vector<std::string> lines, lacking, extra;
  std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(),
                      std::back_inserter(lacking));
  std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(),
                      std::back_inserter(extra));
  for (const auto& line : lacking) lines.push_back("- " + line);
  for (const auto& line : extra) lines.push_back("+ " + line);
  return lines;
}

}  // namespace tidegate::test
