-- Objects and values of version 15 and newer.
CREATE VIEW odd.invoker WITH (security_invoker) AS SELECT 1 AS one;
CREATE TABLE odd.no_twins (a int, b int, UNIQUE NULLS NOT DISTINCT (a), FOREIGN KEY (a) REFERENCES odd.no_twins (a) ON DELETE SET NULL (a));
INSERT INTO odd.no_twins VALUES (1, 2), (NULL, 1);
