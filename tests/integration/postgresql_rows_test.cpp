// Rows on their way from production into a copy, on a real server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "engine/postgresql/copy/row_streams.hpp"
#include "engine/postgresql/driver/faults.hpp"
#include "support/postgres_server.hpp"
#include "support/witnesses.hpp"

namespace tidegate::engine::postgresql {
namespace {

using namespace std::chrono_literals;
using test::PostgresServer;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

DatabaseName named(const std::string& text) { return DatabaseName(text, EngineKind::postgresql); }

struct PostgresRows : public testing::Test {
  void SetUp() override {
    TIDEGATE_NEEDS_POSTGRESQL(found);
    server = found;
    gate.emplace(Endpoint{Secret(server->uri()), {}, {}, "test"});
  }
  void TearDown() override {
    if (server != nullptr) server->drop_databases(server->prefix());
  }
  std::string make(const std::string& name, const std::string& sql = {}) {
    const auto database = server->name(name);
    auto admin = server->client();
    admin.run("CREATE DATABASE " + admin.identifier(database) + " TEMPLATE template0");
    if (!sql.empty()) server->client(database).run(sql);
    return database;
  }
  tidegate::Run& run() { return witness.run; }

  /// Copies every table of one database into the other, where the same statements have made them.
  /// @returns the sums of both sides.
  struct Sums {
    std::vector<std::string> source, copy;
  };
  Sums copied(const std::string& tables, const std::string& rows,
              const std::vector<Setting>& writing = {}, int parallel = 3) {
    const auto from = make("rows from", tables + rows), into = make("rows into", tables);
    server->client(from).run("ANALYZE");
    ExportedSnapshot moment(run(), *gate, named(from));
    const auto relations = moment.relations(run());
    EXPECT_EQ(moment.hold(run(), relations), "");
    Sums sums;
    sums.source =
        texts(copy_rows(run(), *gate, moment, {named(into), {}, writing, parallel}, relations));
    EXPECT_EQ(sums.source, texts(moment.sum_all(run(), relations, 1))) << "read again, in one part";
    ExportedSnapshot copy(run(), *gate, named(into));
    sums.copy = texts(copy.sum_all(run(), copy.relations(run()), parallel));
    return sums;
  }
  static std::vector<std::string> texts(const std::vector<Checksum>& sums) {
    std::vector<std::string> texts;
    for (const auto& sum : sums) {
      texts.push_back(std::to_string(sum.documents) + " " + sum.checksum + " " + sum.inputs);
    }
    return texts;
  }
  Error refusal(const std::string& tables, const std::string& rows, const std::string& change) {
    const auto from = make("bad from", tables + rows), into = make("bad into", tables + change);
    ExportedSnapshot moment(run(), *gate, named(from));
    try {
      copy_rows(run(), *gate, moment, {named(into), {}, {}, 2}, moment.relations(run()));
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "the rows were taken";
    return Error(ErrorKind::internal, "");
  }

  PostgresServer* server = nullptr;
  RealClock clock;
  test::WitnessedRun witness{clock, 5min};
  std::optional<Server> gate;
};

TEST_F(PostgresRows, OfEveryShapeArriveEqual) {
  const auto sums = copied(R"(
CREATE TABLE "Odd ""Name" ("a b" text, "C" int, "é" text);
CREATE TABLE nothing ();
CREATE TABLE computed (x int, y int GENERATED ALWAYS AS (x * 2) STORED, z int);
CREATE TABLE all_computed (y int GENERATED ALWAYS AS (3) STORED);
CREATE TABLE identity_always (id int GENERATED ALWAYS AS IDENTITY, v text);
CREATE TABLE parent (z int, a int);
CREATE TABLE child (m text) INHERITS (parent);
CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE UNLOGGED TABLE unlogged (id int);
CREATE TABLE dropped (a int, gone int, b text);
ALTER TABLE dropped DROP COLUMN gone;
CREATE TABLE empty (id int);)",
                           R"(
INSERT INTO "Odd ""Name" VALUES (E'tab\t, line\n, back\\, \\N, \\.', 1, NULL), ('', NULL, E'\r\n');
INSERT INTO nothing SELECT FROM generate_series(1, 7);
INSERT INTO computed (x, z) SELECT i, i FROM generate_series(1, 100) AS i;
INSERT INTO all_computed SELECT FROM generate_series(1, 5);
INSERT INTO identity_always (v) SELECT 'v' FROM generate_series(1, 50);
INSERT INTO parent VALUES (1, 2); INSERT INTO child VALUES (3, 4, 'm');
INSERT INTO parts VALUES (1, '2026-05-05'), (2, '2026-06-06');
INSERT INTO unlogged VALUES (1);
INSERT INTO dropped VALUES (1, 'b');)");
  EXPECT_EQ(sums.copy, sums.source);
  EXPECT_EQ(sums.source.size(), 12U);
}

TEST_F(PostgresRows, OfALargeTableGoInRangesWhichHaveTheSameSum) {
  const auto sums = copied(
      "CREATE TABLE large (id int, pad text) WITH (fillfactor = 10); "
      "ALTER TABLE large ALTER pad SET STORAGE PLAIN; CREATE TABLE beside (id int);",
      "INSERT INTO large SELECT i, repeat('x', 800) FROM generate_series(1, 9000) AS i; "
      "INSERT INTO beside SELECT generate_series(1, 10);");
  EXPECT_EQ(sums.copy, sums.source);
  EXPECT_THAT(sums.source.back(), HasSubstr("9000 "));
}

TEST_F(PostgresRows, ThatACheckRefusesWaitForTheTableThatItLooksAt) {
  // The larger table goes first, and its CHECK needs the smaller one.
  const auto sums = copied(
      "CREATE TABLE known (id int); CREATE FUNCTION is_known(int) RETURNS boolean LANGUAGE sql AS "
      "'SELECT EXISTS (SELECT FROM public.known WHERE id = $1)'; "
      "CREATE TABLE uses (id int CHECK (public.is_known(id)), pad text);",
      "INSERT INTO known SELECT generate_series(1, 200); "
      "INSERT INTO uses SELECT i, repeat('x', 2000) FROM generate_series(1, 200) AS i;",
      {}, 1);
  EXPECT_EQ(sums.copy, sums.source);
}

TEST_F(PostgresRows, ThatStayRefusedEndTheCopyWithTheServersWords) {
  const auto error = refusal("CREATE TABLE t (id int); CREATE TABLE u (id int);",
                             "INSERT INTO t SELECT generate_series(1, 300000);",
                             "ALTER TABLE t ADD CONSTRAINT small CHECK (id < 10)");
  EXPECT_EQ(error.server_code(), code_of("23514"));
  EXPECT_THAT(error.message(), HasSubstr("small"));
}

TEST_F(PostgresRows, KeepAmountsOfMoneyUnderTheSettingsOfTheirWriters) {
  // The system may have no other locale; the way is the same.
  const std::string locale = "C.UTF-8";
  const auto sums =
      copied("CREATE TABLE paid (amount money);", "INSERT INTO paid VALUES ('1234.56'), ('-7');",
             {{"lc_monetary", locale}});
  EXPECT_EQ(sums.copy, sums.source);
}

TEST_F(PostgresRows, AreNotReadAfterATruncateOrARewrite) {
  const auto database = make("held", "CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
  auto client = server->client(database);
  for (const std::string change :
       {"TRUNCATE t", "VACUUM FULL t", "ALTER TABLE t ALTER id TYPE text"}) {
    ExportedSnapshot moment(run(), *gate, named(database));
    const auto relations = moment.relations(run());
    client.run(change);
    EXPECT_THAT(moment.hold(run(), relations), HasSubstr("public.t")) << change;
  }
  ExportedSnapshot moment(run(), *gate, named(database));
  const auto relations = moment.relations(run());
  client.run("INSERT INTO t VALUES (2); UPDATE t SET id = '3'");
  client.run("VACUUM t");
  EXPECT_THAT(moment.hold(run(), relations), IsEmpty()) << "rows are read as they were";
  client.run("SET lock_timeout = '200ms'");
  EXPECT_THROW(client.run("TRUNCATE t"), std::exception) << "it is held from now on";
  ExportedSnapshot other(run(), *gate, named(database));
  const auto known = other.relations(run());
  moment.session().tell(run(), "ROLLBACK");
  client.run("DROP TABLE t");
  EXPECT_THAT(other.hold(run(), known), HasSubstr("dropped"));
}

TEST_F(PostgresRows, EndSoonWhenTheRunIsStopped) {
  const auto from = make("stopped from",
                         "CREATE TABLE t (id int, pad text); INSERT INTO t SELECT i, repeat('y', "
                         "500) FROM generate_series(1, 200000) AS i");
  const auto into = make("stopped into", "CREATE TABLE t (id int, pad text)");
  auto holder = server->client(into);
  holder.run("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
  ExportedSnapshot moment(run(), *gate, named(from));
  const auto relations = moment.relations(run());
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(300ms);
    witness.stop.request_stop();
  });
  const auto began = std::chrono::steady_clock::now();
  try {
    copy_rows(run(), *gate, moment, {named(into), {}, {}, 2}, relations);
    ADD_FAILURE() << "it went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::cancelled) << error.message();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
}

}  // namespace
}  // namespace tidegate::engine::postgresql
