-- Objects and values of version 14 and newer.
CREATE TABLE odd.many_ranges (id int, m int4multirange, t tstzmultirange, c text COMPRESSION pglz);
INSERT INTO odd.many_ranges VALUES (1, '{}', '{(,)}', 'c'), (2, '{[1,2),[5,)}', NULL, NULL);
CREATE STATISTICS odd.of_expressions ON (id % 7), (length(t)) FROM odd.texts;
CREATE FUNCTION odd.atomic(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT count(*)::int + a FROM odd.texts; END;
CREATE FUNCTION odd.returning(a int) RETURNS int LANGUAGE sql IMMUTABLE RETURN a + 1;
