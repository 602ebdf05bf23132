-- A shop: people, goods in a tree of categories, carts, orders, money.
CREATE SCHEMA shop;
COMMENT ON SCHEMA shop IS 'sells things';
SET search_path = shop, public;
CREATE TYPE order_state AS ENUM ('open', 'paid', 'sent', 'back');
CREATE DOMAIN amount AS numeric(12,2) DEFAULT 0 CHECK (VALUE >= 0);
CREATE DOMAIN email AS text CHECK (VALUE ~ '^[^@ ]+@[^@ ]+$');
CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mail email NOT NULL UNIQUE, name text NOT NULL,
  born date, settings jsonb NOT NULL DEFAULT '{}', created timestamptz NOT NULL DEFAULT '2026-01-01 00:00+00',
  deleted timestamptz);
CREATE INDEX customers_living ON customers (lower(name)) WHERE deleted IS NULL;
CREATE TABLE addresses (
  customer bigint REFERENCES customers ON DELETE CASCADE, kind text NOT NULL DEFAULT 'home', street text, city text,
  country char(2) NOT NULL, PRIMARY KEY (customer, kind), CHECK (kind IN ('home', 'work', 'bill')));
CREATE TABLE categories (
  id serial PRIMARY KEY, parent int REFERENCES categories, title text NOT NULL, path text[] NOT NULL DEFAULT '{}',
  UNIQUE (parent, title));
CREATE TABLE products (
  id serial PRIMARY KEY, sku varchar(20) NOT NULL UNIQUE, title text NOT NULL, price amount NOT NULL, weight real,
  tags text[], attributes jsonb, added date DEFAULT '2026-01-01', gross numeric GENERATED ALWAYS AS (price * 1.19) STORED);
CREATE INDEX products_tags ON products USING gin (tags);
CREATE INDEX products_attributes ON products USING gin (attributes jsonb_path_ops);
CREATE TABLE product_categories (
  product int REFERENCES products, category int REFERENCES categories, PRIMARY KEY (product, category));
CREATE TABLE stock (product int PRIMARY KEY REFERENCES products, pieces int NOT NULL CHECK (pieces >= 0));
CREATE TABLE stock_moves (
  id bigserial PRIMARY KEY, product int NOT NULL REFERENCES stock, change int NOT NULL CHECK (change <> 0), reason text);
CREATE TABLE coupons (code text PRIMARY KEY, percent smallint, valid daterange NOT NULL, EXCLUDE USING gist (valid WITH &&));
CREATE TABLE carts (id uuid PRIMARY KEY, customer bigint REFERENCES customers, touched timestamptz);
CREATE UNLOGGED TABLE cart_lines (cart uuid, product int, pieces int, PRIMARY KEY (cart, product));
CREATE TABLE orders (
  id bigserial PRIMARY KEY, customer bigint NOT NULL REFERENCES customers, state order_state NOT NULL DEFAULT 'open',
  coupon text REFERENCES coupons ON UPDATE CASCADE, placed timestamptz NOT NULL, note text);
CREATE INDEX orders_by_customer ON orders (customer, placed DESC) INCLUDE (state);
CREATE TABLE order_lines (
  "order" bigint REFERENCES orders ON DELETE CASCADE, line smallint, product int NOT NULL REFERENCES products,
  pieces int NOT NULL DEFAULT 1, price amount NOT NULL, PRIMARY KEY ("order", line));
CREATE TABLE payments (
  id uuid PRIMARY KEY, "order" bigint NOT NULL REFERENCES orders DEFERRABLE INITIALLY DEFERRED, paid amount NOT NULL,
  at timestamptz NOT NULL, provider_answer json);
CREATE TABLE refunds (LIKE payments INCLUDING ALL);
CREATE TABLE reviews (
  product int REFERENCES products, customer bigint REFERENCES customers, stars smallint CHECK (stars > 0 AND stars < 6),
  words text, PRIMARY KEY (product, customer));
CREATE VIEW order_totals AS
  SELECT o.id, o.customer, sum(l.pieces * l.price) AS total FROM orders o JOIN order_lines l ON l."order" = o.id
  GROUP BY o.id, o.customer;
CREATE VIEW open_orders WITH (security_barrier) AS SELECT * FROM orders WHERE state = 'open' WITH CASCADED CHECK OPTION;
CREATE MATERIALIZED VIEW best_sellers AS
  SELECT product, sum(pieces) AS sold FROM order_lines GROUP BY product;
CREATE UNIQUE INDEX best_sellers_product ON best_sellers (product);
CREATE FUNCTION move_stock() RETURNS trigger LANGUAGE plpgsql SET search_path = shop AS $$
BEGIN
  UPDATE stock SET pieces = pieces + NEW.change WHERE product = NEW.product;
  RETURN NEW;
END $$;
CREATE TRIGGER moves_stock AFTER INSERT ON stock_moves FOR EACH ROW EXECUTE FUNCTION move_stock();
CREATE FUNCTION category_tree(root int) RETURNS TABLE (id int, depth int) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE tree AS (
    SELECT c.id, 0 AS depth FROM shop.categories c WHERE c.id = root
    UNION ALL SELECT c.id, t.depth + 1 FROM shop.categories c JOIN tree t ON c.parent = t.id)
  SELECT * FROM tree $$;
CREATE PROCEDURE close_order(which bigint) LANGUAGE plpgsql AS $$
BEGIN UPDATE shop.orders SET state = 'sent' WHERE id = which; END $$;
CREATE RULE keep_refunds AS ON DELETE TO refunds DO INSTEAD NOTHING;
COMMENT ON TABLE orders IS 'one each time that somebody pays';
COMMENT ON COLUMN orders.note IS E'a "quoted" remark,\nof two lines';
INSERT INTO customers (mail, name, born, settings, deleted) SELECT 'c' || i || '@example.org', 'Name ' || i,
  '1970-01-01'::date + i * 100, jsonb_build_object('mail', i % 2 = 0, 'Ä', NULL), CASE WHEN i % 9 = 0 THEN '2026-05-05'::timestamptz END
  FROM generate_series(1, 60) i;
INSERT INTO addresses SELECT i, 'home', 'Street ' || i, NULL, 'DE' FROM generate_series(1, 60) i;
INSERT INTO categories (parent, title, path) SELECT nullif(i / 3, 0), 'Category ' || i, ARRAY['a', NULL, i::text] FROM generate_series(1, 12) i;
INSERT INTO products (sku, title, price, weight, tags, attributes) SELECT 'SKU-' || i, 'Product ' || i, i * 1.25, i / 3.0,
  ARRAY['new', 'x,y', '"q"'], '{"size": [1, null]}' FROM generate_series(1, 30) i;
INSERT INTO product_categories SELECT i, 1 + i % 12 FROM generate_series(1, 30) i;
INSERT INTO stock SELECT i, 0 FROM generate_series(1, 30) i;
INSERT INTO stock_moves (product, change, reason) SELECT 1 + i % 30, 5, 'delivery' FROM generate_series(1, 90) i;
INSERT INTO coupons VALUES ('SPRING', 10, '[2026-03-01,2026-04-01)'), ('EVER', NULL, '[2026-04-01,)');
INSERT INTO carts SELECT md5(i::text)::uuid, i, '2026-06-01' FROM generate_series(1, 5) i;
INSERT INTO cart_lines SELECT id, 1, 2 FROM carts;
INSERT INTO orders (customer, state, coupon, placed) SELECT 1 + i % 60, (ARRAY['open', 'paid', 'sent'])[1 + i % 3]::order_state,
  CASE WHEN i % 4 = 0 THEN 'SPRING' END, '2026-02-01'::timestamptz + i * interval '7 hours' FROM generate_series(1, 150) i;
INSERT INTO order_lines SELECT i, 1, 1 + i % 30, 1 + i % 3, 9.99 FROM generate_series(1, 150) i;
INSERT INTO payments SELECT md5('p' || i)::uuid, i, 9.99, '2026-02-02', '{"ok" : true, "ok": 1}' FROM generate_series(1, 80) i;
INSERT INTO refunds SELECT * FROM payments ORDER BY id LIMIT 7;
INSERT INTO reviews SELECT 1 + i % 30, i, 1 + i % 5, CASE WHEN i % 2 = 0 THEN '' END FROM generate_series(1, 60) i;
REFRESH MATERIALIZED VIEW best_sellers;
RESET search_path;
