// The daemon on PostgreSQL, with a configuration file: stop, reload, restore test, status.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/loopback.hpp"
#include "support/postgresql_program.hpp"

namespace tidegate::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class PostgresqlServe : public PostgresqlProgram {
 protected:
  std::unique_ptr<Process> serve() { return start({"serve"}, listening_); }
  static bool says(const Process& daemon, const std::string& text) {
    return eventually([&] { return daemon.err_so_far().find(text) != std::string::npos; }, 120s);
  }
  /// Stops it in less time than docker waits.
  static Outcome stop(Process& daemon) {
    daemon.signal(SIGTERM);
    const auto asked = std::chrono::steady_clock::now();
    auto outcome = daemon.wait();
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 10s) << outcome;
    EXPECT_EQ(outcome.exit_code, 0) << outcome;
    expect_no_secret(outcome.all(), "the daemon's log");
    return outcome;
  }

  const Variables listening_{{"TIDEGATE_SERVER_LISTEN", fmt::format("127.0.0.1:{}", free_port())}};
};

TEST_F(PostgresqlServe, EndsARunningDumpWhenItIsStopped) {
  configure(R"({"directory": "archives", "schedule": "0 0 1 1 *", "on_start": true})");
  const auto& held = hold_requests();
  auto daemon = serve();
  EXPECT_TRUE(eventually([&] { return held.is_waited_for(); }, 60s)) << daemon->err_so_far();
  EXPECT_THAT(names(".tmp"), SizeIs(1));
  EXPECT_THAT(stop(*daemon).err, HasSubstr("was stopped and left nothing behind"));
  EXPECT_THAT(names(".tmp"), IsEmpty());
  EXPECT_THAT(names(".dump"), IsEmpty());
  EXPECT_TRUE(eventually([&] { return has_gone(); }, 10s));
}

TEST_F(PostgresqlServe, EndsARunningCopyWhenItIsStopped) {
  configure(fmt::format(R"({{"database": {}, "schedule": "0 0 1 1 *", "on_start": true}})",
                        Json(snapshot()).dump()));
  const auto& held = hold_requests();
  auto daemon = serve();
  EXPECT_TRUE(eventually([&] { return held.is_waited_for() && !staging().empty(); }, 60s))
      << daemon->err_so_far();
  stop(*daemon);
  EXPECT_THAT(staging(), IsEmpty());
  EXPECT_TRUE(eventually([&] { return has_gone(); }, 10s));
}

TEST_F(PostgresqlServe, ReloadsItsFileDrillsOnScheduleAndReportsItsStatus) {
  configure(R"({"directory": "archives", "schedule": "0 0 1 1 *", "on_start": true})");
  tidegate(8, {"status", "--check"}, listening_);
  auto daemon = serve();
  EXPECT_TRUE(says(*daemon, ": took '")) << daemon->err_so_far();
  const auto well = tidegate(0, {"status", "--check"}, listening_);
  EXPECT_THAT(well.out, HasSubstr("ok: "));

  configure(R"({"directory": "archives", "schedule": "whenever"})");
  daemon->signal(SIGHUP);
  EXPECT_TRUE(says(*daemon, "the one before stays in force")) << daemon->err_so_far();

  configure(R"({"directory": "archives", "schedule": "* * * * *", "drill": "* * * * *"})");
  daemon->signal(SIGHUP);
  EXPECT_TRUE(says(*daemon, "was read again, and is in force")) << daemon->err_so_far();
  EXPECT_TRUE(says(*daemon, "drill of 'shop': restored '")) << daemon->err_so_far();
  EXPECT_TRUE(eventually([&] { return names(".dump").size() >= 2; }, 90s));
  stop(*daemon);
  EXPECT_EQ(whole_archives(), names(".dump"));
  EXPECT_THAT(staging(), IsEmpty());
}

TEST_F(PostgresqlServe, DrillsWhereItMayCreateDatabases) {
  configure(R"({"directory": "archives", "drill": "* * * * *"})");
  auto file = Json::parse(read_text(directory.path() / "tidegate.yaml"));
  file["databases"]["shop"]["previews"]["uri"] = "${PREVIEWS_URI}";
  directory.write("tidegate.yaml", file.dump());
  auto admin = server->client();
  admin.run(fmt::format("ALTER ROLE {} NOCREATEDB", admin.identifier(user())));
  admin.run(fmt::format("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}",
                        admin.identifier(named("previewer")), admin.literal(k_marked_password)));
  auto variables = listening_;
  variables["PREVIEWS_URI"] = server->uri_as(named("previewer"), k_marked_password);
  tidegate(0, {"snapshot"}, variables);
  auto daemon = start({"serve"}, variables);
  EXPECT_TRUE(says(*daemon, "drill of 'shop': restored '")) << daemon->err_so_far();
  stop(*daemon);
}

TEST_F(PostgresqlServe, CatchesUpOnAMissedDrill) {
  configure(R"({"directory": "archives", "drill": "daily"})");
  tidegate(0, {"snapshot"});
  tidegate(0, {"verify", "snapshot", "--restore"});
  const auto sidecar = archives() / names(".json").front();
  auto document = Json::parse(read_text(sidecar));
  document["archive"]["drilled"] = "2025-01-01T00:00:00Z";
  directory.write("archives/" + sidecar.filename().string(), document.dump());
  auto daemon = serve();
  EXPECT_TRUE(says(*daemon, "drill of 'shop': restored '")) << daemon->err_so_far();
  EXPECT_THAT(stop(*daemon).err, HasSubstr("caught up now"));
  EXPECT_GT(Json::parse(read_text(sidecar)).at("archive").at("drilled"), "2025-01-01T00:00:00Z");
}

}  // namespace
}  // namespace tidegate::test
