#include "support/specimens.hpp"

namespace tidegate::test {
namespace {

using enum Specimen::Maker;

using Specimens = std::vector<Specimen>;

Specimens beside_the_schema() {
  return {
      {"large objects with grants",
       "SELECT lo_from_bytea(4711, 'x'); GRANT SELECT ON LARGE OBJECT 4711 TO {producer}, {reader}",
       "SELECT convert_from(lo_get(4711), 'UTF8') || (SELECT count(*) FROM "
       "pg_largeobject_metadata, "
       "aclexplode(lomacl) WHERE grantee = '{reader}'::regrole)",
       "large objects"},
      {"comments",
       "COMMENT ON TABLE goods IS 'it''s'; COMMENT ON COLUMN goods.name IS E'two\\nlines'; COMMENT "
       "ON FUNCTION plus IS 'f'; COMMENT ON TYPE mood IS 't'; COMMENT ON CONSTRAINT small ON tied "
       "IS "
       "'c'; COMMENT ON TRIGGER off ON numbered IS 'g'; COMMENT ON INDEX goods_lower IS 'i'; "
       "COMMENT "
       "ON RULE nothing_goes ON ruled IS 'r'; COMMENT ON STATISTICS joint IS 's'; COMMENT ON LARGE "
       "OBJECT 4711 IS 'l'; COMMENT ON CAST (text AS mood) IS 'k'; COMMENT ON OPERATOR === (mood, "
       "mood) IS 'o'; COMMENT ON CONVERSION latin IS 'v'; COMMENT ON COLLATION plain_order IS 'n'; "
       "COMMENT ON TEXT SEARCH CONFIGURATION search IS 'q'; COMMENT ON DOMAIN positive IS 'd'",
       "SELECT string_agg(description, ',' ORDER BY description) FROM pg_description WHERE "
       "length(description) = 1 OR description IN ('it''s', E'two\\nlines')",
       "comment 'public"},
      {"the comment on schema `public`",
       "COMMENT ON SCHEMA public IS 'of production'",
       "SELECT nullif(obj_description('public'::regnamespace), 'standard public schema')",
       "comment on schema 'public'",
       {},
       superuser},
      {"security labels",
       "INSERT INTO pg_seclabel VALUES ('goods'::regclass, 'pg_class'::regclass, 0, 'selinux', "
       "'secret')",
       "SELECT label FROM pg_seclabel WHERE objoid = 'goods'::regclass",
       "security label",
       {},
       superuser},
      {"publications",
       "CREATE PUBLICATION published FOR TABLE goods",
       "SELECT pubname FROM pg_publication WHERE pubname = 'published'",
       "publication 'published'",
       {},
       superuser},
      {"subscriptions",
       "CREATE SUBSCRIPTION subscribed_{app} CONNECTION 'host=127.0.0.1 port=1 dbname=x' "
       "PUBLICATION "
       "p WITH (connect = false, slot_name = NONE)",
       "SELECT count(*) FROM pg_subscription s, pg_database d WHERE d.oid = subdbid AND datname = "
       "current_database() HAVING count(*) > 0",
       "subscription",
       {},
       superuser},
      {"trusted extensions",
       "CREATE EXTENSION hstore; CREATE TABLE stored (h hstore); INSERT INTO stored VALUES "
       "('a=>1')",
       "SELECT extversion || (SELECT h FROM stored)::text FROM pg_extension WHERE extname = "
       "'hstore'",
       "extension 'hstore'",
       {},
       superuser},
      {"extensions in an older version",
       "CREATE EXTENSION pg_trgm VERSION '1.3'; CREATE INDEX trigrams ON goods USING gin (name "
       "gin_trgm_ops)",
       "SELECT extversion FROM pg_extension WHERE extname = 'pg_trgm'",
       "extension 'pg_trgm'",
       {},
       superuser},
      {"extensions that only a superuser can install",
       "CREATE EXTENSION pageinspect",
       "SELECT extversion FROM pg_extension WHERE extname = 'pageinspect'",
       "extension 'pageinspect'",
       {},
       superuser},
      {"extensions that only a superuser can install and something needs",
       "CREATE EXTENSION bloom; CREATE INDEX bloomed ON goods USING bloom (id)",
       "SELECT extversion FROM pg_extension WHERE extname = 'bloom'", "extension 'bloom'",
       "DROP EXTENSION bloom CASCADE", superuser},
      {"foreign data wrappers and servers",
       "CREATE FOREIGN DATA WRAPPER wrapper_1 OPTIONS (a 'b'); CREATE SERVER server_1 FOREIGN DATA "
       "WRAPPER wrapper_1 OPTIONS (host 'x')",
       "SELECT srvname FROM pg_foreign_server WHERE srvname = 'server_1'",
       "'wrapper_1'",
       {},
       superuser},
      {"user mappings",
       "CREATE USER MAPPING FOR {app} SERVER server_1 OPTIONS (user 'u', password 'hidden')",
       "SELECT umid::text FROM pg_user_mappings WHERE srvname = 'server_1'",
       "server_1",
       {},
       superuser}};
}

Specimens rights() {
  return {
      {"row level security",
       "CREATE TABLE tenants (id int); INSERT INTO tenants VALUES (1); CREATE POLICY mine ON "
       "tenants "
       "AS RESTRICTIVE FOR UPDATE TO {reader} USING (id IN (SELECT g.id FROM goods g WHERE g.name "
       "<> "
       "' TO no_role')) WITH CHECK (true); ALTER TABLE tenants ENABLE ROW LEVEL SECURITY, FORCE "
       "ROW "
       "LEVEL SECURITY",
       "SELECT concat((SELECT count(*) FROM tenants), relrowsecurity, relforcerowsecurity) FROM "
       "pg_class WHERE relname = 'tenants'",
       "tenants", "DROP TABLE tenants"},
      {"policies",
       "CREATE TABLE guarded (id int); CREATE POLICY theirs ON guarded AS RESTRICTIVE FOR UPDATE "
       "TO "
       "{reader} USING (id IN (SELECT g.id FROM goods g WHERE g.name <> ' TO no_role')) WITH CHECK "
       "(true); CREATE POLICY everyone ON guarded USING (true)",
       "SELECT string_agg(concat(polname, polcmd, polpermissive, polroles::regrole[], "
       "pg_get_expr(polqual, polrelid)), ',' ORDER BY polname) FROM pg_policy WHERE polrelid = "
       "'guarded'::regclass",
       "on 'guarded'"},
      {"policies for roles that are missing",
       "CREATE TABLE left_behind (id int); CREATE POLICY theirs ON left_behind TO "
       "{gone} USING (true)",
       "SELECT polname FROM pg_policy WHERE polrelid = 'left_behind'::regclass", "left_behind"},
      {"grants, also of columns, and what is revoked from `PUBLIC`",
       "CREATE TABLE granted (id int, x int); GRANT SELECT, INSERT (x) ON granted TO {reader} WITH "
       "GRANT OPTION; CREATE FUNCTION closed() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE "
       "EXECUTE ON FUNCTION closed FROM PUBLIC; GRANT USAGE ON TYPE mood TO {reader}",
       "SELECT nullif(concat(has_table_privilege('{reader}', 'granted', 'SELECT WITH GRANT "
       "OPTION'), "
       "has_column_privilege('{reader}', 'granted', 'x', 'INSERT'), "
       "has_function_privilege('{reader}', "
       "'closed()', 'EXECUTE')), 'fft')",
       "'public.granted'"},
      {"grants to roles that are missing",
       "CREATE TABLE given (id int); GRANT SELECT ON given TO {gone}",
       "SELECT nullif(count(*), 0) FROM pg_class c, aclexplode(relacl) WHERE relname = 'given' AND "
       "grantee <> relowner",
       "'public.given'"},
      {"other grants on an object with grants to roles that are missing",
       "CREATE TABLE half_given (id int); GRANT SELECT ON half_given TO {gone}, {reader}",
       "SELECT nullif(has_table_privilege('{reader}', 'half_given', 'SELECT'), false)",
       "'public.half_given'"},
      {"grants by another role than the owner",
       "CREATE TABLE passed_on (id int); GRANT SELECT ON passed_on TO {bi} WITH GRANT OPTION; SET "
       "ROLE "
       "{bi}; GRANT SELECT ON passed_on TO {reader}; RESET ROLE",
       "SELECT nullif(has_table_privilege('{reader}', 'passed_on', 'SELECT'), false)",
       "'public.passed_on'",
       {},
       superuser},
      {"grants on the server's objects",
       "GRANT EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() TO {reader}",
       "SELECT nullif(has_function_privilege('{reader}', 'pg_switch_wal()', 'EXECUTE'), false)",
       "pg_switch_wal",
       {},
       superuser},
      {"grants on an extension's objects",
       "REVOKE EXECUTE ON FUNCTION akeys(hstore) FROM PUBLIC; GRANT EXECUTE ON FUNCTION "
       "akeys(hstore) TO {bi}",
       "SELECT nullif(has_function_privilege('{reader}', oid, 'EXECUTE'), true) FROM pg_proc WHERE "
       "proname = 'akeys'",
       "akeys",
       {},
       superuser},
      {"default privileges of the application's role",
       "ALTER DEFAULT PRIVILEGES FOR ROLE {app} GRANT SELECT ON TABLES TO {reader}",
       "SELECT count(*) FROM pg_default_acl WHERE defaclrole = '{app}'::regrole HAVING count(*) > "
       "0",
       "default privileges of '{app}'",
       {},
       superuser},
      {"default privileges of another role",
       "ALTER DEFAULT PRIVILEGES FOR ROLE {bi} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
       "SELECT count(*) FROM pg_default_acl WHERE defaclrole = '{bi}'::regrole HAVING count(*) > 0",
       "default privileges of '{bi}'",
       {},
       superuser},
      {"ownership by the application's role", "CREATE TABLE owned (id int)",
       "SELECT relowner::regrole FROM pg_class WHERE relname = 'owned'", "objects of '{app}'"},
      {"ownership by another role",
       "CREATE TABLE owned_by_bi (id int); ALTER TABLE owned_by_bi OWNER TO {bi}",
       "SELECT relowner::regrole FROM pg_class WHERE relname = 'owned_by_bi'",
       "objects of '{bi}'",
       {},
       superuser}};
}

Specimens of_the_database() {
  return {
      {"settings of the database",
       "ALTER DATABASE {shop} SET work_mem = '9MB'; ALTER DATABASE {shop} "
       "SET search_path = public, \"My own\"",
       "SELECT string_agg(s, ',' ORDER BY s) FROM pg_db_role_setting, unnest(setconfig) s WHERE "
       "setdatabase = "
       "(SELECT oid FROM pg_database WHERE datname = current_database()) AND setrole = 0 AND (s "
       "LIKE "
       "'work_mem%' OR s LIKE 'search_path%')",
       "setting 'work_mem':",
       {},
       superuser,
       13,
       99,
       true},
      {"settings of the database: own parameters",
       "ALTER DATABASE {shop} SET app.tenant = 'it''s'",
       "SELECT s FROM pg_db_role_setting, unnest(setconfig) s WHERE setdatabase = (SELECT oid FROM "
       "pg_database WHERE datname = current_database()) AND s LIKE 'app.tenant%'",
       "app.tenant",
       {},
       superuser,
       13,
       99,
       true},
      {"settings of the database: a superuser's",
       "ALTER DATABASE {shop} SET log_min_duration_statement = 7000",
       "SELECT s FROM pg_db_role_setting, unnest(setconfig) s WHERE setdatabase = (SELECT oid FROM "
       "pg_database WHERE datname = current_database()) AND s LIKE 'log_min%'",
       "log_min_duration_statement",
       {},
       superuser,
       13,
       99,
       true},
      {"settings of roles in the database",
       "ALTER ROLE {reader} IN DATABASE {shop} SET work_mem = '7MB'",
       "SELECT setconfig FROM pg_db_role_setting WHERE setrole = '{reader}'::regrole AND "
       "setdatabase "
       "= (SELECT oid FROM pg_database WHERE datname = current_database())",
       "setting 'work_mem' of {reader}:",
       {},
       superuser,
       13,
       99,
       true},
      {"ownership of the database", "SELECT 1",
       "SELECT datdba::regrole FROM pg_database WHERE datname = current_database()",
       "of the database"},
      {"grants on the database",
       "GRANT CREATE ON DATABASE {shop} TO {reader}",
       "SELECT nullif(has_database_privilege('{reader}', current_database(), 'CREATE'), false)",
       "CREATE for '{reader}'",
       {},
       superuser,
       13,
       99,
       true},
      {"encoding and locale", "SELECT 1",
       "SELECT concat_ws(' ', encoding, datcollate, datctype) FROM pg_database WHERE datname = "
       "current_database()",
       "locale"}};
}

}  // namespace

std::vector<Specimen> rights_specimens() {
  return joined({beside_the_schema(), rights(), of_the_database()});
}

}  // namespace tidegate::test
