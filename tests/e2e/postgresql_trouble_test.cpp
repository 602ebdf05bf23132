// Full disks, servers that disappear during a run, and wrong passwords, on PostgreSQL.

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/postgresql_program.hpp"
#include "support/small_disk.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::system_clock;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t k_mib = 1 << 20;

class PostgresqlTrouble : public PostgresqlProgram {
 protected:
  /// Adds this much data that cannot be compressed.
  void grow_production(std::int64_t mib) const {
    in(production())
        .run(fmt::format("CREATE TABLE noise AS SELECT i, (SELECT string_agg(md5(random()::text || "
                         "i::text || j::text), '') FROM generate_series(1, 32) j) AS text FROM "
                         "generate_series(1, {}) i",
                         mib * 2048));
  }
};

TEST_F(PostgresqlTrouble, AFullDiskIsReportedWithSizesAndCostsNoArchive) {
  TIDEGATE_NEEDS_SMALL_DISK(disk, archives(), 2 * k_mib);
  configure(R"({"directory": "archives", "keep": 1})");
  tidegate(0, {"snapshot"});
  const auto whole = whole_archives();
  ASSERT_THAT(whole, SizeIs(1));

  // The missing space is detected before anything is written.
  disk.fill_but(0);
  const auto early = tidegate(11, {"snapshot"});
  EXPECT_THAT(early.err, HasSubstr(" free"));
  EXPECT_EQ(whole_archives(), whole);
  disk.make_room();

  // The disk becomes full only during the dump.
  grow_production(4);
  const auto late = tidegate(11, {"snapshot"});
  EXPECT_THAT(late.err, HasSubstr("no space left for the archive in"));
  EXPECT_THAT(late.err, HasSubstr(" written, "));
  EXPECT_THAT(late.err, HasSubstr(" of 2.1 MB free"));
  EXPECT_THAT(late.err, HasSubstr("hint: "));
  EXPECT_EQ(whole_archives(), whole);
  EXPECT_THAT(names(".tmp"), IsEmpty());
  EXPECT_THAT(names(".json"), SizeIs(1));

  in(production()).run("DROP TABLE noise");
  tidegate(0, {"snapshot"});
  EXPECT_THAT(whole_archives(), SizeIs(1)) << "retention works again";
}

TEST_F(PostgresqlTrouble, AFullDiskAtAnyMomentCostsNoArchive) {
  TIDEGATE_NEEDS_SMALL_DISK(disk, archives(), 2 * k_mib);
  configure(R"({"directory": "archives"})");
  tidegate(0, {"snapshot"});
  const auto whole = whole_archives();
  // Limits around the size of the written data: the sidecar, the lock's text, the last block.
  const auto size = static_cast<std::int64_t>(fs::file_size(archives() / whole.front()));
  for (std::int64_t left = 0; left < size + 24 * 1024; left += 4096) {
    disk.fill_but(left);
    const auto outcome = run(command({"snapshot"}), directory.path());
    disk.make_room();
    EXPECT_THAT(outcome.exit_code, testing::AnyOf(0, 11)) << left << '\n' << outcome;
    EXPECT_THAT(names(".tmp"), IsEmpty()) << left;
    const auto there = names(".dump");
    EXPECT_EQ(there, whole_archives()) << left;
    EXPECT_EQ(there.front(), whole.front());
    if (outcome.exit_code == 0) return;
    EXPECT_EQ(there, whole);
  }
  ADD_FAILURE() << "it never worked";
}

TEST_F(PostgresqlTrouble, ADaemonWhoseDiskIsFullTriesAgain) {
  TIDEGATE_NEEDS_SMALL_DISK(disk, archives(), 2 * k_mib);
  auto environment = alone();
  tidegate(0, {"snapshot"}, environment);
  const auto old = backdate(names(".dump").front(), 48h);
  disk.fill_but(0);
  environment["SNAPSHOT_TIME"] = fmt::format("{:%H:%M}", fmt::gmtime(system_clock::now() - 2min));
  auto daemon = start({"serve"}, environment);
  const auto says = [&](const char* text) {
    return eventually([&] { return daemon->err_so_far().find(text) != std::string::npos; }, 60s);
  };
  EXPECT_TRUE(says("failed (try 1)")) << daemon->err_so_far();
  EXPECT_TRUE(is_whole(old));
  disk.make_room();
  EXPECT_TRUE(says(": took '")) << daemon->err_so_far();
  daemon->signal(SIGTERM);
  EXPECT_EQ(daemon->wait().exit_code, 0);
  EXPECT_THAT(whole_archives(), SizeIs(2));
}

TEST_F(PostgresqlTrouble, AServerThatDisappearsDuringARunIsAskedAgain) {
  configure(R"({"directory": "archives", "retries": 2})");
  auto& held = hold_requests();
  auto dumping = start({"snapshot"});
  EXPECT_TRUE(eventually([&] { return held.is_waited_for(); }, 60s)) << dumping->err_so_far();
  end_sessions();
  EXPECT_TRUE(eventually([&] { return !held.is_waited_for(); }, 60s));
  held.release();
  const auto outcome = dumping->wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  EXPECT_THAT(whole_archives(), SizeIs(1));
  EXPECT_THAT(names(".tmp"), IsEmpty());
}

TEST_F(PostgresqlTrouble, AServerThatHangsDelaysNeitherAStopNorATimeLimit) {
  const auto own = server->another();
  if (!own) GTEST_SKIP() << "an external server is not stopped";
  own->client().run("CREATE TABLE people (id int PRIMARY KEY)");
  auto environment = alone();
  for (const bool stopped : {true, false}) {
    const HeldRequests held(own->uri());
    environment["DATABASE_URL"] = held.through(own->uri());
    auto dumping = start({"snapshot", "--timeout", stopped ? "10m" : "3s"}, environment);
    EXPECT_TRUE(eventually([&] { return held.is_waited_for(); }, 60s)) << dumping->err_so_far();
    own->process()->signal(SIGSTOP);  // the request to cancel the statement has no effect
    if (stopped) dumping->signal(SIGTERM);
    const auto outcome = dumping->wait_for(stopped ? 10s : 13s);
    own->process()->signal(SIGCONT);
    ASSERT_TRUE(outcome) << dumping->err_so_far();
    EXPECT_EQ(outcome->exit_code, stopped ? 130 : 12) << *outcome;
  }
  EXPECT_THAT(names(".tmp"), IsEmpty());
}

TEST_F(PostgresqlTrouble, AWrongPasswordIsTriedOnce) {
  const auto own = server->another({{"log_connections", "on"}});
  if (!own) GTEST_SKIP() << "the log of an external server cannot be read";
  const auto refusals = [&] {
    const auto log = own->process()->err_so_far();
    int count = 0;
    for (auto at = log.find("FATAL:  password"); at != std::string::npos;
         at = log.find("FATAL:  password", at + 1)) {
      ++count;
    }
    return count;
  };
  own->client().run(
      "CREATE ROLE app LOGIN PASSWORD 'another'; CREATE TABLE plain (id int);"
      "GRANT SELECT ON plain TO app");
  auto environment = alone();
  environment["DATABASE_URL"] = own->uri_as("app", k_marked_password);
  const auto refused = tidegate(9, {"snapshot", "--retries", "5"}, environment);
  EXPECT_THAT(refused.err, HasSubstr("password authentication failed"));
  EXPECT_EQ(refusals(), 1);

  // The daemon tries again after growing pauses: one sign-in at the start, and one for each try.
  tidegate(0, {"snapshot"},
           {{"SNAPSHOT_ENABLED", "true"},
            {"SNAPSHOT_DIR", archives().string()},
            {"DATABASE_URL", own->uri()}});
  ASSERT_THAT(names(".dump"), SizeIs(1));
  backdate(names(".dump").front(), 48h);
  environment["SNAPSHOT_TIME"] = fmt::format("{:%H:%M}", fmt::gmtime(system_clock::now() - 2min));
  auto daemon = start({"serve"}, environment);
  EXPECT_TRUE(eventually(
      [&] { return daemon->err_so_far().find("failed (try 2)") != std::string::npos; }, 60s))
      << daemon->err_so_far();
  EXPECT_EQ(refusals(), 1 + 1 + 2);
  EXPECT_THAT(daemon->err_so_far(), HasSubstr("; again in 10 s"));
  own->client().run(
      fmt::format("ALTER ROLE app PASSWORD {}", own->client().literal(k_marked_password)));
  EXPECT_TRUE(
      eventually([&] { return daemon->err_so_far().find(": took '") != std::string::npos; }, 60s))
      << daemon->err_so_far();
  daemon->signal(SIGTERM);
  const auto outcome = daemon->wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  expect_no_secret(outcome.all(), "the daemon's log");
}

}  // namespace
}  // namespace tidegate::test
