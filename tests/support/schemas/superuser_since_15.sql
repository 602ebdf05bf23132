-- The same, of version 15 and newer.
CREATE PUBLICATION of_schema FOR TABLES IN SCHEMA rental;
CREATE PUBLICATION of_columns FOR TABLE super.ordered (id) WHERE (id > 1);
