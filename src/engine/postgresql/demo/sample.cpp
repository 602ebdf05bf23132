#include "engine/postgresql/demo/sample.hpp"

#include <fmt/format.h>

#include "engine/postgresql/copy/database.hpp"
#include "engine/postgresql/demo/sample_server.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr std::chrono::milliseconds k_server_poll{100};
constexpr std::int64_t k_customers = 20'000;

/// A small shop; {0} customers. The same rows for the same number, every time.
constexpr auto k_shop = R"(
CREATE TABLE public.customers (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE,
  since date NOT NULL);
INSERT INTO public.customers SELECT i, 'Customer ' || i, format('person%s@example.org', i),
  date '2020-01-01' + i % 2000 FROM generate_series(1, {0}) AS i;
CREATE TABLE public.products (id int PRIMARY KEY, title text NOT NULL, price numeric(10, 2));
INSERT INTO public.products SELECT i, 'Product ' || i, (i * 7919 % 10000) / 100.0
  FROM generate_series(1, {0} / 10) AS i;
CREATE TABLE public.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer int NOT NULL REFERENCES public.customers, placed timestamptz NOT NULL, notes text);
INSERT INTO public.orders (customer, placed, notes) SELECT 1 + i * 31 % {0},
  timestamptz '2026-01-01 00:00Z' + i * interval '1 minute', repeat(chr(97 + i % 26), 80 + i % 90)
  FROM generate_series(1, {0} * 3) AS i;
CREATE INDEX orders_customer ON public.orders (customer);
CREATE INDEX orders_placed ON public.orders (placed DESC);
CREATE TABLE public.order_lines ("order" bigint REFERENCES public.orders, line int,
  product int NOT NULL REFERENCES public.products, quantity int NOT NULL,
  PRIMARY KEY ("order", line));
INSERT INTO public.order_lines SELECT 1 + i / 3, 1 + i % 3, 1 + i % ({0} / 10), 1 + i % 5
  FROM generate_series(0, {0} * 9 - 1) AS i;
CREATE VIEW public.good_customers AS SELECT customer, count(*) AS orders FROM public.orders
  GROUP BY customer HAVING count(*) >= 3;
ANALYZE)";
constexpr std::int64_t k_tenths = 131;  // rows for ten customers, of all tables

class PostgresSample final : public Sample {
 public:
  explicit PostgresSample(const Endpoint& endpoint) : server_(endpoint) {}

  std::string_view unit() const override { return "row"; }

  std::string server(Run& run) override {
    for (;;) {
      try {
        const auto version = server_.ask(run, "SHOW server_version").text(0, 0);
        return "PostgreSQL " + version.substr(0, version.find(' '));
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::unreachable) throw;
      }
      run.sleep(k_server_poll);
    }
  }

  void initiate(Run& /*run*/, const std::string& /*member*/) override {}

  std::int64_t fill(Run& run, const DatabaseName& database, SampleSize size) override {
    refuse_others(database);
    tell(run, [&](SqlSession& session) {
      return fmt::format("CREATE DATABASE {} TEMPLATE template0", session.name(database.text()));
    });
    const auto customers = size == SampleSize::tenth ? k_customers / 10 : k_customers;
    server_.open(run, database).tell(run, fmt::format(k_shop, customers));
    return customers * k_tenths / 10;
  }

  std::string change_one(Run& run, const DatabaseName& database) override {
    refuse_others(database);
    constexpr auto k_change = "UPDATE customers SET name = 'changed by hand' WHERE id = 42";
    // Names in a session must be qualified; a person's statement is not.
    auto session = server_.open(run, database);
    session.tell(run, fmt::format("SET search_path = public; {}", k_change));
    return fmt::format("psql {} --command=\"{}\"", database.text(), k_change);
  }

  // The copy itself is one statement; after it the database has a staging name.
  bool being_filled(Run& run, const DatabaseName& database) override {
    auto session = server_.open(run);
    const auto rows =
        session.ask(run,
                    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE state = 'active' AND "
                    "application_name LIKE 'tidegate/%' AND query LIKE 'CREATE DATABASE %')");
    return rows.flag(0, 0) || !staging_of(all_databases(session, run), database).empty();
  }

  void drop(Run& run, const DatabaseName& database) override {
    refuse_others(database);
    auto session = server_.open(run);
    drop_database(session, run, database);
  }

  bool create_owner(Run& run, const std::string& name) override {
    tell(run, [&](SqlSession& session) {
      return fmt::format("CREATE ROLE {} NOLOGIN", session.name(name));
    });
    return true;
  }

  void create_user(Run& run, const SampleUser& user, const SampleFlow& flow) override {
    tell(run, [&](SqlSession& session) {
      const auto name = session.name(user.name);
      auto sql = fmt::format("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}", name,
                             session.literal(user.password.reveal()));
      if (!user.owner.empty()) {
        sql += fmt::format(";\nGRANT {} TO {}", session.name(user.owner), name);
      }
      return sql;
    });
    if (user.role == SampleRole::producer) let_read(run, user, flow.production);
  }

  void drop_user(Run& run, const std::string& name) override {
    tell(run, [&](SqlSession& session) {
      return fmt::format("DROP ROLE IF EXISTS {}", session.name(name));
    });
  }

 private:
  static void refuse_others(const DatabaseName& database) {
    if (database.text().rfind(k_sample_prefix, 0) == 0) return;
    throw Error(ErrorKind::refused,
                fmt::format("sample data is only written to a database '{}…', and '{}' is none",
                            k_sample_prefix, database.text()));
  }

  void tell(Run& run, const std::function<std::string(SqlSession&)>& statements) {
    auto session = server_.open(run);
    session.tell(run, statements(session));
  }

  /// Before version 15 every role may create tables there; this takes that right away.
  void let_read(Run& run, const SampleUser& user, const DatabaseName& database) {
    auto session = server_.open(run, database);
    const auto name = session.name(user.name);
    session.tell(run, fmt::format("REVOKE CREATE ON SCHEMA public FROM PUBLIC;\n"
                                  "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {0};\n"
                                  "GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {0}",
                                  name));
  }

  Server server_;
};

}  // namespace

SampleKind sample() {
  return {EngineKind::postgresql, sample_server,
          [](const Endpoint& endpoint) { return std::make_unique<PostgresSample>(endpoint); },
          without_user};
}

}  // namespace tidegate::engine::postgresql
