-- Objects and values of version 18 and newer.
CREATE TABLE odd.virtual (a int CONSTRAINT there NOT NULL, b int GENERATED ALWAYS AS (a * 2) VIRTUAL, c int CHECK (c > 0) NOT ENFORCED);
INSERT INTO odd.virtual VALUES (1), (2); CREATE TABLE odd.later (a int); INSERT INTO odd.later VALUES (1);
ALTER TABLE odd.later ADD CONSTRAINT unproven NOT NULL a NOT VALID;
CREATE EXTENSION btree_gist SCHEMA odd;
CREATE TABLE odd.stays (room int, during daterange, PRIMARY KEY (room, during WITHOUT OVERLAPS));
INSERT INTO odd.stays VALUES (1, '[2026-01-01,2026-01-02)');
