/// A session with the server: limits, stops, refusals, proxies.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "engine/postgresql/driver/server.hpp"
#include "engine/postgresql/postgresql.hpp"
#include "support/fake_world.hpp"
#include "support/loopback.hpp"
#include "support/postgresql_flow.hpp"
#include "support/silent_listener.hpp"

namespace tidegate::test {
namespace {

using engine::postgresql::Server;
using testing::HasSubstr;

class PostgresqlSession : public PostgresqlFlow {
 protected:
  Endpoint endpoint(const std::string& uri) {
    Endpoint result;
    result.uri = Secret(uri);
    result.origin = "the test";
    return result;
  }
  std::string running(const std::string& statement) {
    return admin().text(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND starts_with(query, $1)",
        {statement});
  }
};

TEST_F(PostgresqlSession, StopsTheServersWorkWhenTheRunIsStopped) {
  WitnessedRun witnessed(under_test->clock());
  Server writer(endpoint(server->uri()));
  auto session = writer.open(witnessed.run);
  std::jthread stopper([&] {
    EXPECT_TRUE(eventually([&] { return running("SELECT pg_sleep(4711)") == "1"; }, 60s));
    witnessed.stop.request_stop();
  });
  const auto error = error_of([&] { session.ask(witnessed.run, "SELECT pg_sleep(4711)"); });
  EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  EXPECT_EQ(running("SELECT pg_sleep(4711)"), "0");
  EXPECT_FALSE(session.lost());
}

TEST_F(PostgresqlSession, StopsTheServersWorkAtTheTimeLimit) {
  WitnessedRun first(under_test->clock());
  Server writer(endpoint(server->uri()));
  auto session = writer.open(first.run);
  WitnessedRun brief(under_test->clock(), 300ms);
  const auto error = error_of([&] { session.ask(brief.run, "SELECT pg_sleep(4712)"); });
  EXPECT_EQ(error.kind(), ErrorKind::timeout);
  EXPECT_EQ(running("SELECT pg_sleep(4712)"), "0");
  EXPECT_EQ(session.ask(first.run, "SELECT 1").number(0, 0), 1);
}

TEST_F(PostgresqlSession, IgnoresLimitsThatAreSetForItsUser) {
  const auto role = admin().identifier(server->name("limited"));
  admin().run("CREATE ROLE " + role + " LOGIN PASSWORD 'secret!'");
  admin().run("ALTER ROLE " + role + " SET statement_timeout = '50ms'");
  admin().run("ALTER ROLE " + role + " SET default_transaction_read_only = on");
  admin().run("ALTER ROLE " + role + " SET search_path = nowhere");
  WitnessedRun witnessed(under_test->clock());
  Server writer(endpoint(server->uri_as(server->name("limited"), "secret!")));
  auto session = writer.open(witnessed.run);
  session.tell(witnessed.run, "SELECT pg_sleep(0.2)");
  const auto settings = session.ask(
      witnessed.run,
      "SELECT current_setting('statement_timeout'), current_setting('transaction_read_only')");
  EXPECT_EQ(settings.text(0, 0), "0");
  EXPECT_EQ(settings.text(0, 1), "off");
  admin().run("DROP ROLE " + role);
}

TEST_F(PostgresqlSession, NamesTheRefusalOfTheServer) {
  const auto name = server->name("powerless");
  const auto role = admin().identifier(name);
  admin().run("CREATE ROLE " + role + " LOGIN PASSWORD 'secret!'");
  WitnessedRun witnessed(under_test->clock());
  auto& run = witnessed.run;
  const auto wrong = error_of([&] { Server(endpoint(server->uri_as(name, "wrong"))).now(run); });
  EXPECT_EQ(wrong.kind(), ErrorKind::permission);
  EXPECT_THAT(wrong.message(), HasSubstr(name));
  const auto missing =
      error_of([&] { Server(endpoint(server->uri_of("no such database"))).now(run); });
  EXPECT_EQ(missing.kind(), ErrorKind::not_found);
  const auto closed = "postgresql://127.0.0.1:" + std::to_string(free_port()) + "/x";
  const auto unreachable = error_of([&] { Server(endpoint(closed)).now(run); });
  EXPECT_EQ(unreachable.kind(), ErrorKind::unreachable);
  Server writer(endpoint(server->uri_as(name, "secret!")));
  auto session = writer.open(run);
  const auto refused = error_of([&] { session.ask(run, "CREATE DATABASE x", {}, "CREATEDB"); });
  EXPECT_EQ(refused.kind(), ErrorKind::permission);
  EXPECT_THAT(refused.message(), HasSubstr("CREATEDB"));
  admin().run("DROP ROLE " + role);
}

TEST_F(PostgresqlSession, WaitsForAUserThatArrivesLater) {
  const auto name = server->name("late");
  const auto role = admin().identifier(name);
  auto late = endpoint(server->uri_as(name, "secret!"));
  late.sign_in_wait = 120s;
  WitnessedRun witnessed(under_test->clock());
  std::jthread creator([&] {
    const auto log = [&] { return !witnessed.lines.empty(); };
    EXPECT_TRUE(eventually(log, 60s));
    admin().run("CREATE ROLE " + role + " LOGIN PASSWORD 'secret!'");
  });
  EXPECT_GT(Server(late).now(witnessed.run), SystemTime{});
  creator.join();
  admin().run("DROP ROLE " + role);
}

TEST_F(PostgresqlSession, ReconnectsAfterTheServerHasRestarted) {
  const auto own = server->another();
  if (own == nullptr) GTEST_SKIP() << "an external server is not restarted";
  WitnessedRun witnessed(under_test->clock());
  Server writer(endpoint(own->uri()));
  const auto before = writer.now(witnessed.run);
  own->restart(SIGINT);
  EXPECT_GE(writer.now(witnessed.run), before);
}

TEST_F(PostgresqlSession, SkipsAHostThatNeverAnswers) {
  const SilentListener mute;
  auto uri = server->uri();
  uri.insert(uri.find('@') + 1, mute.host() + ",");
  uri += std::string(uri.find('?') == std::string::npos ? "?" : "&") + "connect_timeout=2";
  WitnessedRun witnessed(under_test->clock());
  Server writer(endpoint(uri));
  const auto session = writer.open(witnessed.run);
  EXPECT_EQ(session.reached(writer.conninfo()).display(),
            engine::postgresql::Conninfo(endpoint(server->uri())).display());
}

TEST_F(PostgresqlSession, FindsAHostOfTheRequestedKindAndNamesEachUnsuitableOne) {
  const SilentListener mute;
  auto uri = server->uri();
  uri.insert(uri.find('@') + 1, mute.host() + ",");
  uri += std::string(uri.find('?') == std::string::npos ? "?" : "&") +
         "connect_timeout=2&target_session_attrs=";
  WitnessedRun witnessed(under_test->clock());
  const auto error = error_of([&] { Server(endpoint(uri + "standby")).now(witnessed.run); });
  EXPECT_EQ(error.kind(), ErrorKind::unreachable);
  EXPECT_THAT(error.message(), HasSubstr("no answer from " + mute.host()));
  EXPECT_THAT(error.message(), HasSubstr("not in hot standby mode"));
  EXPECT_GT(Server(endpoint(uri + "prefer-standby")).now(witnessed.run), SystemTime{});
}

TEST_F(PostgresqlSession, RefusesToReplaceTheDatabaseThatItIsConnectedTo) {
  load_production("CREATE TABLE t (id int)");
  WitnessedRun witnessed(under_test->clock());
  admin().run("CREATE DATABASE " + quoted("pr-1"));
  const auto inside =
      engine::postgresql::kind().connect(endpoint(server->uri_of(database("pr-1"))), "");
  const auto target = Gate(topology()).permit(parse_target("pr-1").value(), {});
  const auto error = error_of([&] { inside->lease(witnessed.run, target, {}); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_EQ(error.context(), "the test");
}

}  // namespace
}  // namespace tidegate::test
