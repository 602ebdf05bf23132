-- Objects and values of version 17 and newer.
CREATE TABLE odd.numbered (id int GENERATED ALWAYS AS IDENTITY, p int) PARTITION BY RANGE (p);
CREATE TABLE odd.numbered_1 PARTITION OF odd.numbered DEFAULT; INSERT INTO odd.numbered (p) VALUES (1);
