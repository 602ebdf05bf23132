/// The server's own work in a database must not keep a run from replacing it.

#include <gtest/gtest.h>

#include "engine/postgresql/postgresql.hpp"
#include "support/fake_world.hpp"
#include "support/postgresql_flow.hpp"

namespace tidegate::test {
namespace {

/// Runs as a role with CREATEDB that is no superuser, on a server whose autovacuum runs constantly.
class PostgresqlAutovacuum : public testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_POSTGRESQL(found);
    own = found->another({{"autovacuum_naptime", "1s"}, {"autovacuum_max_workers", "3"}});
    if (own == nullptr) GTEST_SKIP() << "the settings of an external server are not changed";
    under_test = std::make_unique<PostgresqlUnderTest>(*own);
    under_test->load(topology().production, {{"t", {{"1", "one"}}}});
    auto admin = own->client();
    const auto role = admin.identifier(own->name("maker"));
    admin.run("CREATE ROLE " + role + " LOGIN CREATEDB PASSWORD 'secret!'");
    admin.run("ALTER DATABASE " + admin.identifier(topology().production.text()) + " OWNER TO " +
              role);
    own->client(topology().production.text()).run("ALTER TABLE t OWNER TO " + role);
  }
  void TearDown() override { under_test.reset(); }

  Topology topology() const { return under_test->topology(); }
  std::unique_ptr<engine::Engine> connect() {
    Endpoint endpoint;
    endpoint.uri = Secret(own->uri_as(own->name("maker"), "secret!"));
    endpoint.origin = "the test";
    return engine::postgresql::kind().connect(endpoint, "");
  }
  void take() {
    WitnessedRun witnessed(under_test->clock());
    auto plan = snapshot_plan(topology());
    plan.copy.allow_write_access = true;
    snapshot::take(witnessed.run, *connect(), Gate(topology()), journal, plan);
  }
  void fill() {
    WitnessedRun witnessed(under_test->clock());
    const auto engine = connect();
    auto plan = restore_plan(topology(), "pr-1");
    plan.copy.allow_write_access = true;
    const auto source = preview::from_database(*engine, plan);
    preview::fill(witnessed.run, *engine, *source, Gate(topology()), journal, plan);
  }
  void drop() {
    WitnessedRun witnessed(under_test->clock());
    auto plan = drop_plan(topology(), "pr-1");
    plan.copy.allow_write_access = true;
    preview::drop(witnessed.run, *connect(), Gate(topology()), journal, plan,
                  preview::Leave::nothing);
  }
  std::string preview() const {
    return Gate(topology()).database_of(parse_target("pr-1").value()).text();
  }
  /// A client of the role itself, which may end its own connections.
  SqlClient inside() { return SqlClient(own->uri_as(own->name("maker"), "secret!", preview())); }
  std::string workers() {
    return own->client().text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'autovacuum "
        "worker' AND query LIKE '%public.dirty%'",
        {preview()});
  }
  /// Returns when autovacuum works in the preview; it would take minutes.
  void keep_autovacuum_busy() {
    inside().run(
        "CREATE TABLE dirty (id int, text text) WITH (autovacuum_vacuum_cost_delay = 100, "
        "autovacuum_vacuum_cost_limit = 1, autovacuum_vacuum_threshold = 1, "
        "autovacuum_vacuum_scale_factor = 0, autovacuum_analyze_threshold = 1000000);"
        "INSERT INTO dirty SELECT i, repeat('x', 500) FROM generate_series(1, 50000) i;"
        "DELETE FROM dirty WHERE id % 2 = 0");
    ASSERT_TRUE(eventually([&] { return workers() != "0"; }, 60s));
  }

  std::unique_ptr<PostgresServer> own;
  std::unique_ptr<PostgresqlUnderTest> under_test;
  MemoryJournal journal;
};

TEST_F(PostgresqlAutovacuum, DoesNotKeepARunFromReplacingOrDroppingAPreview) {
  take();
  fill();
  keep_autovacuum_busy();
  fill();
  EXPECT_EQ(inside().text("SELECT count(*) FROM pg_class WHERE relname = 'dirty'"), "0");
  keep_autovacuum_busy();
  drop();
  EXPECT_EQ(own->client().text("SELECT count(*) FROM pg_database WHERE datname = $1", {preview()}),
            "0");
}

}  // namespace
}  // namespace tidegate::test
