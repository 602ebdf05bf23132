-- A film rental: films and who plays in them, stores with copies, rentals, payments by month.
CREATE SCHEMA rental;
SET search_path = rental, public;
CREATE TYPE rating AS ENUM ('G', 'PG', 'PG-13', 'R', 'NC-17');
CREATE DOMAIN year AS integer CHECK (VALUE >= 1901 AND VALUE <= 2155);
CREATE SEQUENCE film_numbers INCREMENT 2 START 5 CACHE 4;
CREATE TABLE languages (id smallserial PRIMARY KEY, name char(20) NOT NULL);
CREATE TABLE films (
  id int DEFAULT nextval('film_numbers') PRIMARY KEY, title text NOT NULL, description text, released year,
  language smallint NOT NULL REFERENCES languages ON UPDATE CASCADE ON DELETE RESTRICT, original smallint REFERENCES languages,
  days smallint NOT NULL DEFAULT 3, rate numeric(4,2) NOT NULL DEFAULT 4.99, length smallint, replacement money DEFAULT 19.99,
  rating rating DEFAULT 'G', features text[], changed timestamp NOT NULL DEFAULT '2026-01-01', fulltext tsvector);
ALTER SEQUENCE film_numbers OWNED BY films.id;
CREATE INDEX films_text ON films USING gist (fulltext);
CREATE INDEX films_title ON films (title text_pattern_ops, released DESC NULLS LAST);
CREATE TABLE actors (id serial PRIMARY KEY, first text NOT NULL, last text NOT NULL);
CREATE INDEX ON actors (last);
CREATE TABLE film_actors (actor int REFERENCES actors, film int REFERENCES films, PRIMARY KEY (actor, film));
CREATE TABLE genres (id serial PRIMARY KEY, name text);
CREATE TABLE film_genres (film int REFERENCES films, genre int REFERENCES genres, PRIMARY KEY (film, genre));
CREATE TABLE people (first text, last text, place point);
CREATE TABLE staff (id serial PRIMARY KEY, store int, picture bytea, active boolean DEFAULT true NOT NULL) INHERITS (people);
CREATE TABLE customers (id serial PRIMARY KEY, store int, since date, mac macaddr8) INHERITS (people);
CREATE TABLE stores (id serial PRIMARY KEY, manager int UNIQUE REFERENCES staff DEFERRABLE, area polygon);
ALTER TABLE staff ADD CONSTRAINT works_in FOREIGN KEY (store) REFERENCES stores DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE inventory (id serial PRIMARY KEY, film int REFERENCES films, store int REFERENCES stores);
CREATE TABLE rentals (
  id serial PRIMARY KEY, during tsrange NOT NULL, inventory int NOT NULL REFERENCES inventory, customer int NOT NULL REFERENCES customers,
  EXCLUDE USING gist (during WITH &&, box(point(inventory, inventory), point(inventory, inventory)) WITH &&));
CREATE TABLE payments (id bigint, customer int, rental int, amount numeric(5,2) NOT NULL, paid timestamptz NOT NULL,
  PRIMARY KEY (id, paid)) PARTITION BY RANGE (paid);
CREATE TABLE payments_2026_01 PARTITION OF payments FOR VALUES FROM ('2026-01-01 00:00+00') TO ('2026-02-01 00:00+00');
CREATE TABLE payments_2026_02 PARTITION OF payments FOR VALUES FROM ('2026-02-01 00:00+00') TO ('2026-03-01 00:00+00') PARTITION BY LIST (id);
CREATE TABLE payments_2026_02_few PARTITION OF payments_2026_02 FOR VALUES IN (20, 21, 22);
CREATE TABLE payments_2026_02_rest PARTITION OF payments_2026_02 DEFAULT;
CREATE TABLE payments_rest (note text, amount numeric(5,2) NOT NULL, id bigint NOT NULL, paid timestamptz NOT NULL, rental int, customer int);
ALTER TABLE payments_rest DROP COLUMN note;
ALTER TABLE payments ATTACH PARTITION payments_rest DEFAULT;
CREATE INDEX payments_customer ON payments (customer);
ALTER TABLE payments ADD FOREIGN KEY (rental) REFERENCES rentals;
CREATE FUNCTION group_concat_step(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT CASE WHEN $2 IS NULL THEN $1 WHEN $1 IS NULL THEN $2 ELSE $1 || ', ' || $2 END $$;
CREATE AGGREGATE group_concat(text) (SFUNC = group_concat_step, STYPE = text);
CREATE FUNCTION last_day(timestamp) RETURNS date LANGUAGE sql IMMUTABLE STRICT AS
  $$ SELECT (date_trunc('month', $1) + interval '1 month' - interval '1 day')::date $$;
CREATE FUNCTION in_stock(film_id int, OUT pieces bigint) LANGUAGE plpgsql AS $$
BEGIN SELECT count(*) INTO pieces FROM rental.inventory i WHERE i.film = film_id; END $$;
CREATE FUNCTION changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed = '2026-02-02'; RETURN NEW; END $$;
CREATE TRIGGER changed BEFORE UPDATE ON films FOR EACH ROW EXECUTE FUNCTION changed();
CREATE TRIGGER fulltext BEFORE INSERT OR UPDATE ON films FOR EACH ROW
  EXECUTE FUNCTION tsvector_update_trigger('fulltext', 'pg_catalog.english', 'title', 'description');
CREATE TRIGGER on_part AFTER INSERT ON payments FOR EACH ROW EXECUTE FUNCTION changed();
ALTER TABLE payments DISABLE TRIGGER on_part;
INSERT INTO languages (name) VALUES ('English'), ('Deutsch');
INSERT INTO films (title, description, released, language, original, length, rating, features) SELECT 'Film ' || i, 'A tale of ' || i || ' boats',
  1950 + i % 70, 1, nullif(i % 2, 0), 60 + i % 90, (enum_range(NULL::rating))[1 + i % 5], ARRAY['Trailers', 'Deleted ''Scenes'''] FROM generate_series(1, 100) i;
INSERT INTO actors (first, last) SELECT 'First' || i, 'Last' || i FROM generate_series(1, 40) i;
INSERT INTO film_actors SELECT 1 + i % 40, id FROM films, generate_series(1, 3) i;
INSERT INTO genres (name) VALUES ('Action'), (E'Sci\\Fi'), ('');
INSERT INTO film_genres SELECT id, 1 + id % 3 FROM films;
INSERT INTO people VALUES ('only', 'a person', '(1,NaN)');
INSERT INTO staff (first, last, picture) VALUES ('A', 'B', '\x89504e47'), ('C', NULL, NULL);
INSERT INTO stores (manager, area) VALUES (1, '((0,0),(1,0),(1,1))'), (2, NULL);
UPDATE staff SET store = id;
INSERT INTO customers (first, last, store, since, mac, place) SELECT 'C' || i, 'D' || i, 1 + i % 2, '2020-02-29', '08:00:2b:01:02:03:04:05', point(i, -i) FROM generate_series(1, 30) i;
INSERT INTO inventory (film, store) SELECT id, 1 + id % 2 FROM films;
INSERT INTO rentals (during, inventory, customer) SELECT tsrange('2026-01-01'::timestamp + i * interval '1 day', CASE WHEN i % 5 > 0 THEN '2026-01-02'::timestamp + i * interval '1 day' END),
  i, 1 + i % 30 FROM generate_series(1, 100) i;
INSERT INTO payments SELECT i, 1 + i % 30, i, 4.99, '2026-01-15 00:00+00'::timestamptz + i * interval '1 day' FROM generate_series(1, 100) i;
CREATE VIEW film_list AS SELECT f.id, f.title, group_concat(a.first || ' ' || a.last) AS actors FROM films f
  LEFT JOIN film_actors fa ON fa.film = f.id LEFT JOIN actors a ON a.id = fa.actor GROUP BY f.id, f.title;
CREATE MATERIALIZED VIEW income AS SELECT date_trunc('month', paid AT TIME ZONE 'UTC') AS month, sum(amount) AS total FROM payments GROUP BY 1;
CREATE MATERIALIZED VIEW later_income WITH (fillfactor = 80) AS SELECT * FROM income WITH NO DATA;
RESET search_path;
