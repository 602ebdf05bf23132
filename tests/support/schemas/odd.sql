-- Values that some way of writing them down loses.
CREATE SCHEMA odd; CREATE EXTENSION hstore SCHEMA odd; CREATE EXTENSION citext SCHEMA odd;
CREATE TABLE odd.numbers (id int PRIMARY KEY, n numeric, f float8, r real, m money, i int8, o oid, l pg_lsn);
INSERT INTO odd.numbers VALUES (1, 'NaN', 'NaN', '-Infinity', '-92233720368547758.08', -9223372036854775808, 4294967295, 'FFFFFFFF/FFFFFFFF'),
  (2, 1e-1000, '-0', 1e-45, 0, 0, 0, '0/0'), (3, repeat('9', 5000)::numeric, 4.9e-324, 3.4028235e38, 1, 1, 1, NULL),
  (4, 0.10000, 1.0000000000000002, 0.1, NULL, NULL, NULL, NULL);
CREATE TABLE odd.texts (id int PRIMARY KEY, t text, c char(5), v varchar(3), n name, y bytea, ci odd.citext);
INSERT INTO odd.texts VALUES (1, '', '', '', '', '', ''), (2, NULL, NULL, NULL, NULL, NULL, NULL), (3, E'\\N', E'\\N', E'\\.', 'n', '\x5c4e', E'\\'),
  (4, E'\t\n\r\b\f\v\x01\x7f', 'a    ', E'\r\n', 'NULL', '\x00', 'NULL'), (5, E'\u00e4\U0001F600\u0301', 'ä', '''"', '"', '\xff', 'Ä'),
  (6, E'\\.\n\\.\nCOPY x FROM stdin;\n', '--', '$$', '/*', decode(repeat('00ff0d0a5c', 1000), 'hex'), ''),
  (7, repeat('long and easy to compress ', 100000), NULL, NULL, NULL, NULL, NULL),
  (8, (SELECT string_agg(md5(g::text), '') FROM generate_series(1, 30000) g), NULL, NULL, NULL,
   (SELECT string_agg(decode(md5(g::text), 'hex'), '') FROM generate_series(1, 30000) g), NULL);
CREATE TABLE odd.times (id int PRIMARY KEY, d date, t time, tz timetz, ts timestamp, tstz timestamptz, i interval, im interval minute to second(2));
INSERT INTO odd.times VALUES (1, 'infinity', '24:00', '00:00+15:59', 'infinity', '-infinity', '178000000 years', '1:02.345'),
  (2, '4713-01-01 BC', '00:00:00.000001', '23:59:59.999999-12:34:56', '4713-01-01 00:00 BC', '294276-12-31 23:59:59.999999+00', '-1 mon +2 days -03:04:05.6', '0'),
  (3, '5874897-12-31', '12:00', '12:00+05:30', '1582-10-10', '1900-01-01 00:00:00+00', '1 year -1 days', NULL), (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE odd.lists (id int PRIMARY KEY, a int[], t text[], m text[][], b bytea[], j jsonb[], lower_bound int[]);
INSERT INTO odd.lists VALUES (1, '{}', '{}', '{}', '{}', '{}', '{}'), (2, '{NULL}', '{NULL,"NULL","",null}', '{{a,NULL},{"\"","\\"}}',
  '{"\\x00","\\xff"}', ARRAY['{"a": null}', 'null', NULL]::jsonb[], '[0:1]={1,2}'), (3, NULL, ARRAY[E'\t', E'{}', ',', ' '], NULL, NULL, NULL, '[-3:-2][5:5]={{1},{NULL}}');
CREATE TABLE odd.documents (id int PRIMARY KEY, j json, b jsonb, x xml, h odd.hstore, v tsvector, q tsquery, p jsonpath);
INSERT INTO odd.documents VALUES (1, '{"a" : 1,  "a": 2}', '{"a": 1, "a": 2}', '<a b="&lt;">x</a>', 'a=>NULL, b=>"", "c d"=>"\""', '''it''''s'':1A,2 b', '!a & (b | c:*A)', '$.a[*] ? (@ > 1)'),
  (2, 'null', 'null', '', '', '', '', '$'), (3, '"\u0041\ud83d\ude00"', '1e400', NULL, NULL, 'a:16383', 'a <-> b', 'strict $."x"'), (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE odd.shapes (id int PRIMARY KEY, p point, l line, s lseg, b box, h path, g polygon, c circle);
INSERT INTO odd.shapes VALUES (1, '(NaN,Infinity)', '{1,-1,0}', '[(0,0),(1e-300,1)]', '((1,1),(0,0))', '((0,0),(1,1))', '((0,0),(1,0),(1,1))', '<(0,0),0.1>'), (2, '(-0,0)', NULL, NULL, NULL, '[(0,0)]', NULL, NULL);
CREATE TABLE odd.nets (id int PRIMARY KEY, c cidr, i inet, m macaddr, m8 macaddr8, u uuid, b bit(7), vb bit varying);
INSERT INTO odd.nets VALUES (1, '::/0', '::ffff:1.2.3.4/96', '00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff:ff:ff', '00000000-0000-0000-0000-000000000000', B'0000001', B''), (2, '10/8', '10.1.2.3/8', NULL, NULL, NULL, NULL, B'101');
CREATE TABLE odd.ranges (id int PRIMARY KEY, i int4range, n numrange, t tstzrange, d daterange, many int8range[]);
INSERT INTO odd.ranges VALUES (1, 'empty', '(,)', '["2026-01-01 00:00+00",infinity)', '[,2026-01-01]', '{"[1,2)",
               NULL, "empty"
}'), (2, '[1,5]', '(0.1,0.10]', '(,)', NULL, '{}');
SELECT lo_from_bytea(0, decode(repeat('00ff5c', 100000), 'hex')), lo_from_bytea(0, ''), lo_from_bytea(4712, 'x');
COMMENT ON LARGE OBJECT 4712 IS 'large';
