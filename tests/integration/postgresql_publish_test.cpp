/// Connected clients, holders of the lease, and the staging data of a dead run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>

#include "engine/postgresql/copy/audit.hpp"
#include "engine/postgresql/postgresql.hpp"
#include "support/fake_world.hpp"
#include "support/leaping_clock.hpp"
#include "support/postgresql_flow.hpp"

namespace tidegate::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr auto k_backend = "SELECT pg_backend_pid()";

class PostgresqlPublishes : public PostgresqlFlow {
 protected:
  void SetUp() override {
    PostgresqlFlow::SetUp();
    if (server == nullptr) return;
    load_production("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2)");
    take();
    fill("pr-1");
  }

  std::string fact(const std::string& target, const std::string& column) {
    return admin().text("SELECT " + column + " FROM pg_database WHERE datname = $1",
                        {database(target)});
  }
  std::string comment(const std::string& target) {
    return fact(target, "shobj_description(oid, 'pg_database')");
  }
  bool is_connected(const std::string& backend) {
    return admin().text("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", {backend}) == "1";
  }
};

TEST_F(PostgresqlPublishes, ASnapshotThatRefusesConnectionsAndMayBeCopied) {
  EXPECT_EQ(fact("snapshot", "datallowconn"), "f");
  EXPECT_EQ(fact("snapshot", "datistemplate"), "t");
  EXPECT_EQ(fact("pr-1", "datallowconn"), "t");
  EXPECT_EQ(fact("pr-1", "datistemplate"), "f");
  const auto found = inspect("snapshot");
  ASSERT_EQ(found.items.size(), 1U);
  EXPECT_EQ(found.items.front().documents, 2);
}

TEST_F(PostgresqlPublishes, AsksForANewSnapshotWhereDefinitionsArePrintedDifferently) {
  // After an update the server prints a definition that differs from the snapshot's record.
  auto text = comment("snapshot");
  const auto at = text.find("sha256 ");
  ASSERT_NE(at, std::string::npos);
  text[at + 7] = text[at + 7] == '0' ? '1' : '0';
  admin().run("COMMENT ON DATABASE " + quoted("snapshot") + " IS " + admin().literal(text));
  try {
    fill("pr-1");
    FAIL() << "it was published";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::verification);
    EXPECT_THAT(error.hint(), HasSubstr("take a new snapshot"));
  }
  take();
  EXPECT_NO_THROW(fill("pr-1"));
}

TEST_F(PostgresqlPublishes, IsNotHeldUpForEverByASubscriptionInAnOldPreview) {
  in("pr-1").run(
      "CREATE SUBSCRIPTION sub CONNECTION 'host=127.0.0.1 port=1 dbname=x' PUBLICATION p "
      "WITH (connect = false, slot_name = NONE)");
  for (const bool drops : {false, true}) {
    try {
      if (drops) {
        drop("pr-1");
      } else {
        fill("pr-1");
      }
      FAIL() << "it did not refuse";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::conflict);
      EXPECT_FALSE(error.retryable());
      EXPECT_THAT(error.hint(), HasSubstr("SET (slot_name = NONE)"));
    }
  }
  EXPECT_EQ(fact("pr-1", "datallowconn"), "t");
  in("pr-1").run("DROP SUBSCRIPTION sub");
  drop("pr-1");
}

TEST_F(PostgresqlPublishes, EndsConnectionsToThePreviewAndNoneToProduction) {
  auto production = in("production");
  auto preview = in("pr-1");
  preview.run("BEGIN; LOCK TABLE t");
  const auto there = production.text(k_backend);
  const auto backend = preview.text(k_backend);
  take();
  fill("pr-1");
  EXPECT_FALSE(is_connected(backend));
  EXPECT_TRUE(is_connected(there));
  EXPECT_EQ(in("pr-1").text("SELECT count(*) FROM t"), "2");
  drop("pr-1");
  EXPECT_FALSE(exists("pr-1"));
  EXPECT_EQ(production.text(k_backend), there);
}

TEST_F(PostgresqlPublishes, EndsAClientThatConnectedToTheSnapshot) {
  admin().run("ALTER DATABASE " + quoted("snapshot") + " ALLOW_CONNECTIONS true");
  auto intruder = in("snapshot");
  fill("pr-2");
  EXPECT_EQ(in("pr-2").text("SELECT count(*) FROM t"), "2");
  EXPECT_THROW(intruder.run("SELECT 1"), SqlFailed);
}

TEST_F(PostgresqlPublishes, NamesAPreparedTransactionAndLeavesThePreviewOpen) {
  in("pr-1").run("BEGIN; INSERT INTO t VALUES (3); PREPARE TRANSACTION 'left over'");
  const auto error = error_of([&] { fill("pr-1"); });
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_THAT(error.message(), HasSubstr("'left over'"));
  EXPECT_EQ(fact("pr-1", "datallowconn"), "t");
  EXPECT_THAT(staging(), IsEmpty());
  EXPECT_EQ(error_of([&] { drop("pr-1"); }).kind(), ErrorKind::conflict);
  EXPECT_EQ(fact("pr-1", "datallowconn"), "t");
  in("pr-1").run("ROLLBACK PREPARED 'left over'");
  fill("pr-1");
}

TEST_F(PostgresqlPublishes, KeepsAPersonsCommentBesideTheMetadata) {
  admin().run("COMMENT ON DATABASE " + quoted("pr-1") + " IS 'ask Ann'");
  EXPECT_FALSE(inspect("pr-1").metadata);
  fill("pr-1");
  fill("pr-1");
  EXPECT_THAT(comment("pr-1"), AllOf(HasSubstr("\"comment\":\"ask Ann\""), HasSubstr("template")));
  EXPECT_TRUE(inspect("pr-1").metadata);
}

TEST_F(PostgresqlPublishes, RemovesOnlyAbandonedStagingData) {
  auto client = admin();
  const auto note = [&](const std::string& target, const std::string& purpose) {
    return client.literal("{\"tidegateStaging\":{\"target\":\"" + database(target) +
                          "\",\"run\":\"20261122T030004-00c0ffee\",\"for\":\"" + purpose + "\"}}");
  };
  for (const auto* name : {"tidegate_00c0ffee_1", "tidegate_00c0ffee_2", "tidegate_00c0ffee_3",
                           "tidegate_00c0ffee_4", "tidegate_00c0ffee_5"}) {
    client.run(std::string("CREATE DATABASE ") + name);
  }
  client.run("COMMENT ON DATABASE tidegate_00c0ffee_1 IS " + note("pr-1", "copy"));
  client.run("COMMENT ON DATABASE tidegate_00c0ffee_2 IS " + note("pr-1", "aside"));
  client.run("COMMENT ON DATABASE tidegate_00c0ffee_3 IS " + note("pr-2", "copy"));
  client.run("COMMENT ON DATABASE tidegate_00c0ffee_5 IS 'a person made this'");
  client.run("ALTER DATABASE tidegate_00c0ffee_2 ALLOW_CONNECTIONS false");
  client.run("ALTER DATABASE " + quoted("pr-1") + " ALLOW_CONNECTIONS false");
  EXPECT_EQ(inspect("pr-1").staging.size(), 2U);

  fill("pr-1");
  EXPECT_THAT(staging(),
              testing::UnorderedElementsAre("tidegate_00c0ffee_3", "tidegate_00c0ffee_5"));
  EXPECT_THAT(said, AllOf(HasSubstr("allows connections again"), HasSubstr("tidegate_00c0ffee_1"),
                          HasSubstr("died after publishing")));
  server->drop_databases("tidegate_00c0ffee_");
}

TEST_F(PostgresqlPublishes, KeepsTheStagingDataOfALivingRun) {
  auto client = admin();
  client.run("CREATE DATABASE tidegate_00c0ffee_1");
  auto living = in("production");
  living.run("SET application_name = 'tidegate/20261122T030004-00c0ffee'");
  fill("pr-1");
  EXPECT_THAT(staging(), testing::ElementsAre("tidegate_00c0ffee_1"));
  living.run("SET application_name = 'psql'");
  fill("pr-1");
  EXPECT_THAT(staging(), IsEmpty());
}

TEST_F(PostgresqlPublishes, NothingAfterTheSessionOfTheLeaseHasEnded) {
  WitnessedRun witnessed(under_test->clock());
  auto& run = witnessed.run;
  const auto engine = under_test->connect();
  const auto target = Gate(topology()).permit(parse_target("pr-1").value(), {});
  const auto lease = engine->lease(run, target, {});
  const auto source = *inspect("snapshot").metadata;
  const auto items = inspect("snapshot").items;
  const auto staged =
      engine->stage(run, {*topology().snapshot, items, source, ConsistencyWish::prefer, 2}, *lease);
  admin().run("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
  EXPECT_EQ(error_of([&] { lease->confirm(run); }).kind(), ErrorKind::unreachable);
  EXPECT_EQ(error_of([&] { engine->publish(run, *staged, source, *lease); }).kind(),
            ErrorKind::unreachable);
  EXPECT_EQ(in("pr-1").text("SELECT count(*) FROM t"), "2");
}

class PostgresqlLease : public PostgresqlPublishes {
 protected:
  std::unique_ptr<engine::Engine> by_way_of(const std::string& maintenance) {
    Endpoint endpoint;
    endpoint.uri = Secret(server->socket_uri(maintenance));
    endpoint.origin = "the test";
    return engine::postgresql::kind().connect(endpoint, "");
  }
};

TEST_F(PostgresqlLease, ExcludesARunInAnotherMaintenanceDatabase) {
  const std::vector<std::string> places{"postgres", database("production")};
  const auto target = Gate(topology()).permit(parse_target("pr-1").value(), {});
  for (const auto& first : places) {
    const auto& second = first == places.front() ? places.back() : places.front();
    WitnessedRun one(under_test->clock()), other(under_test->clock());
    const auto held = by_way_of(first), refused = by_way_of(second);
    const auto lease = held->lease(one.run, target, {});
    const auto error = error_of([&] { refused->lease(other.run, target, {}); });
    EXPECT_EQ(error.kind(), ErrorKind::conflict);
    EXPECT_THAT(error.message(), HasSubstr(one.run.id()));
    EXPECT_EQ(refused->inspect(other.run, target.database()).holder->run, one.run.id());
    lease->confirm(one.run);
  }
}

TEST_F(PostgresqlLease, HasOneHolderWhenTwoTakeItInTwoDatabasesAtTheSameMoment) {
  const auto target = Gate(topology()).permit(parse_target("pr-1").value(), {});
  const std::vector<std::string> places{"postgres", database("production")};
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> holders{0};
    std::barrier begin(2), end(2);
    const auto take_at = [&](const std::string& place) {
      WitnessedRun witnessed(under_test->clock());
      const auto engine = by_way_of(place);
      engine->capabilities(witnessed.run);
      std::unique_ptr<engine::Lease> lease;
      begin.arrive_and_wait();
      try {
        lease = engine->lease(witnessed.run, target, {});
        ++holders;
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::conflict) << error.message();
      }
      end.arrive_and_wait();
    };
    std::thread other([&] { take_at(places.back()); });
    take_at(places.front());
    other.join();
    ASSERT_EQ(holders, 1) << "round " << round;
  }
}

TEST_F(PostgresqlPublishes, NeverAPartOfTheSnapshot) {
  WitnessedRun witnessed(under_test->clock());
  auto& run = witnessed.run;
  const auto engine = under_test->connect();
  const auto target = Gate(topology()).permit(parse_target("pr-1").value(), {});
  const auto lease = engine->lease(run, target, {});
  const auto source = *inspect("snapshot").metadata;
  const auto error = error_of([&] {
    engine->stage(run, {*topology().snapshot, {}, source, ConsistencyWish::prefer, 2}, *lease);
  });
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_THAT(error.message(), HasSubstr("'t'"));
}

TEST_F(PostgresqlPublishes, AnAuditLeavesNoCopyOfTheSnapshotAtItsTimeLimit) {
  const auto metadata = *inspect("snapshot").metadata;
  const LeapingClock clock(24h, [&] { return !staging().empty(); });
  WitnessedRun witnessed(clock, 10min);
  engine::postgresql::Server writer(
      {Secret(server->uri()), {}, {}, "the test", std::chrono::seconds{0}});
  const auto error = error_of(
      [&] { engine::postgresql::audit(witnessed.run, writer, *topology().snapshot, metadata); });
  EXPECT_EQ(error.kind(), ErrorKind::timeout);
  EXPECT_THAT(staging(), IsEmpty()) << testing::PrintToString(witnessed.lines);
}

TEST_F(PostgresqlPublishes, IsStoppedWithNothingLeftBehind) {
  // Filling this view takes minutes in a staging database.
  in("production")
      .run(
          "CREATE FUNCTION slow() RETURNS int LANGUAGE plpgsql AS $$BEGIN"
          "  IF current_database() ~ '^tidegate_[0-9a-f]{8}_' THEN PERFORM pg_sleep(600); END IF;"
          "  RETURN 1; END$$;"
          "CREATE MATERIALIZED VIEW waits AS SELECT public.slow()");
  WitnessedRun witnessed(under_test->clock());
  std::jthread stopper([&] {
    EXPECT_TRUE(eventually(
        [&] {
          return admin().text(
                     "SELECT count(*) FROM pg_stat_activity WHERE datname ~ "
                     "'^tidegate_[0-9a-f]{8}_1$' AND wait_event = 'PgSleep'") == "1";
        },
        60s));
    witnessed.stop.request_stop();
  });
  const auto engine = under_test->connect();
  const auto error = error_of([&] {
    tidegate::snapshot::take(witnessed.run, *engine, Gate(topology()), journal,
                             snapshot_plan(topology()));
  });
  EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  EXPECT_THAT(staging(), IsEmpty());
  EXPECT_TRUE(exists("snapshot"));
}

}  // namespace
}  // namespace tidegate::test
