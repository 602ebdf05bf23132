-- Every kind of object that only a superuser can make, and what needs it.
CREATE SCHEMA super AUTHORIZATION {owner}; SET search_path = super;
CREATE TYPE chars; CREATE FUNCTION chars_in(cstring) RETURNS chars LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION chars_out(chars) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE chars (INPUT = chars_in, OUTPUT = chars_out, LIKE = text, CATEGORY = 'S'); CREATE TYPE only_a_shell;
CREATE TABLE with_chars (c chars); INSERT INTO with_chars VALUES (E'\\N'), (''), (NULL);
CREATE FUNCTION raw(text) RETURNS int LANGUAGE internal IMMUTABLE STRICT LEAKPROOF AS 'textlen';
CREATE INDEX with_raw ON with_chars (raw(c::text)); CREATE VIEW uses_raw AS SELECT raw('x');
CREATE OPERATOR FAMILY family USING btree; CREATE OPERATOR CLASS class FOR TYPE int4 USING btree FAMILY family AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int4, int4);
CREATE TABLE ordered (id int); CREATE INDEX ordered_id ON ordered (id class); INSERT INTO ordered VALUES (1);
CREATE CAST (text AS int) WITH INOUT; CREATE TRANSFORM FOR point LANGUAGE sql (FROM SQL WITH FUNCTION
  prsd_lextype(internal), TO SQL WITH FUNCTION point_recv(internal));
CREATE AGGREGATE of_sorted(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal,
  FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE ACCESS METHOD method TYPE INDEX HANDLER bthandler; CREATE ACCESS METHOD heap_2 TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE in_heap_2 (a int) USING heap_2; INSERT INTO in_heap_2 VALUES (1);
CREATE FUNCTION other_handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE LANGUAGE other HANDLER other_handler;
CREATE TEXT SEARCH TEMPLATE template (LEXIZE = dsimple_lexize, INIT = dsimple_init);
CREATE TEXT SEARCH PARSER parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE FOREIGN DATA WRAPPER wrapper OPTIONS (a 'b'); CREATE SERVER server TYPE 't' VERSION '1' FOREIGN DATA WRAPPER wrapper OPTIONS (host 'x');
CREATE EXTENSION bloom SCHEMA super; CREATE INDEX bloomed ON ordered USING bloom (id);
CREATE FUNCTION on_event() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION on_event(); ALTER EVENT TRIGGER watch ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER watch IS 'e'; COMMENT ON SERVER server IS 's'; COMMENT ON ACCESS METHOD method IS 'a';
RESET search_path; CREATE PUBLICATION published FOR TABLE super.ordered; CREATE PUBLICATION every FOR ALL TABLES;
GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {owner}; COMMENT ON SCHEMA public IS 'of production';
