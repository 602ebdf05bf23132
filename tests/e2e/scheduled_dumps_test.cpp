// The daily dumps of one database, requirement by requirement (B1 to B8), by the built program on a
// real PostgreSQL: configured by the environment alone, as a container has it.

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "support/postgresql_program.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::system_clock;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using Strings = std::vector<std::string>;

std::string time_of_day(system_clock::time_point moment) {
  return fmt::format("{:%H:%M}", fmt::gmtime(moment));
}

class ScheduledDumps : public PostgresqlProgram {
 protected:
  /// The environment of the application's own user, with these variables besides.
  Variables with(const Variables& more) const {
    auto all = alone();
    for (const auto& [name, value] : more) all[name] = value;
    return all;
  }
  std::unique_ptr<Process> serve(const Variables& more = {}) {
    return start({"serve"}, with(more));
  }

  /// Waits until the log says this.
  static void await(Process& daemon, const std::string& text, std::chrono::seconds deadline = 60s) {
    EXPECT_TRUE(eventually(
        [&] { return daemon.err_so_far().find(text) != std::string::npos || !daemon.running(); },
        deadline));
    EXPECT_THAT(daemon.err_so_far(), HasSubstr(text));
  }
  static Outcome stop(Process& daemon) {
    const auto asked = std::chrono::steady_clock::now();
    daemon.signal(SIGTERM);
    auto outcome = daemon.wait();
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 10s) << outcome;
    EXPECT_EQ(outcome.exit_code, 0) << outcome;
    expect_no_secret(outcome.all(), "the daemon's log");
    return outcome;
  }

  /// One dump by `tidegate snapshot`, in the same environment. @returns its name.
  std::string take(const Variables& more = {}) {
    const auto before = names(".dump");
    tidegate(0, {"snapshot"}, with(more));
    for (const auto& name : names(".dump")) {
      if (std::find(before.begin(), before.end(), name) == before.end()) return name;
    }
    ADD_FAILURE() << "no dump was taken";
    return {};
  }

  /// A dump of the day before yesterday, so that one is due as soon as a daemon looks.
  std::string missed_days() {
    const auto taken = backdate(take(), 48h);
    EXPECT_TRUE(is_whole(taken));
    return taken;
  }
  /// A time of day that has just been.
  static std::string just_now() { return time_of_day(system_clock::now() - 2min); }

  /// Into a fresh database, by plain pg_restore.
  PostgresImage restored(const std::string& dump) {
    const auto into = named("restored");
    server->drop_databases(into);
    make_database(into, "SELECT 1", {});
    const auto outcome = run({{server->programs() / "pg_restore", "--exit-on-error", "--no-owner",
                               "--dbname=" + server->uri_of(into), archives() / dump}},
                             directory.path());
    EXPECT_EQ(outcome.exit_code, 0) << outcome;
    return image(into);
  }
};

TEST_F(ScheduledDumps, B1AreOffUnlessTurnedOn) {
  for (const Variables& off : {Variables{{"SNAPSHOT_ENABLED", ""}},
                               {{"SNAPSHOT_ENABLED", "off"}},
                               {{"SNAPSHOT_ENABLED", "False"}, {"SNAPSHOT_TIME", "nonsense"}}}) {
    auto daemon = serve(off);
    await(*daemon, "SNAPSHOT_ENABLED is off: no snapshots are taken");
    const auto outcome = stop(*daemon);
    EXPECT_FALSE(fs::exists(archives()));
  }
}

TEST_F(ScheduledDumps, B1NameEachBadVariableAtTheStart) {
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"SNAPSHOT_ENABLED", "maybe"},  {"SNAPSHOT_TIME", "24:00"},
      {"SNAPSHOT_TIME", "3:00"},      {"SNAPSHOT_TIME", "03:60"},
      {"SNAPSHOT_RETENTION", "0"},    {"SNAPSHOT_RETENTION", "-1"},
      {"SNAPSHOT_RETENTION", "many"}, {"SNAPSHOT_DIR", ""},
      {"SNAPSHOT_TIMEOUT", "soon"},   {"DATABASE_URL", ""},
      {"DATABASE_URL", "mysql://db"}, {"DATABASE_URL", "postgresql://user@host"},
  };
  for (const auto& [name, value] : bad) {
    const auto outcome = tidegate(3, {"serve"}, with({{name, value}}));
    EXPECT_THAT(outcome.err, HasSubstr(name));
    EXPECT_THAT(outcome.out, IsEmpty());
  }
  const auto all = tidegate(3, {"serve"},
                            {{"SNAPSHOT_ENABLED", "true"},
                             {"SNAPSHOT_TIME", "25:00"},
                             {"SNAPSHOT_RETENTION", "0"},
                             {"SNAPSHOT_DIR", " "}});
  EXPECT_THAT(all.err, AllOf(HasSubstr("SNAPSHOT_TIME"), HasSubstr("SNAPSHOT_RETENTION"),
                             HasSubstr("SNAPSHOT_DIR"), HasSubstr("DATABASE_URL")));
  EXPECT_FALSE(fs::exists(archives()));
}

TEST_F(ScheduledDumps, B2AreTakenAtTheirTimeIntoADirectoryThatIsMade) {
  // The next full minute that is not just over.
  const auto due = std::chrono::ceil<std::chrono::minutes>(system_clock::now() + 3s);
  auto daemon = serve({{"SNAPSHOT_TIME", time_of_day(due)}});
  await(*daemon, fmt::format("next {:%Y-%m-%d %H:%M} UTC", fmt::gmtime(due)));
  EXPECT_THAT(names(".dump"), IsEmpty()) << "not before its time";
  await(*daemon, ": took '", 120s);
  await(*daemon, fmt::format("next {:%Y-%m-%d %H:%M} UTC", fmt::gmtime(due + 24h)));
  stop(*daemon);
  ASSERT_THAT(whole_archives(), SizeIs(1));
  EXPECT_THAT(names(".tmp"), IsEmpty());
  const auto dump = names(".dump").front();
  EXPECT_EQ(read_text(archives() / dump).substr(0, 5), "PGDMP") << "pg_dump -Fc";
  EXPECT_EQ(differences(image(production()), restored(dump)), Strings());
}

TEST_F(ScheduledDumps, B2AreCaughtUpOnceAndNotRepeatedByARestart) {
  const auto old = missed_days();
  auto daemon = serve({{"SNAPSHOT_TIME", just_now()}});
  await(*daemon, ": took '");
  EXPECT_THAT(stop(*daemon).err, HasSubstr("none was taken"));
  const auto there = names(".dump");
  ASSERT_THAT(there, SizeIs(2));
  for (int restart = 1; restart <= 2; ++restart) {
    daemon = serve({{"SNAPSHOT_TIME", just_now()}});
    await(*daemon, fmt::format("the newest is '{}'", there.back()));
    EXPECT_THAT(stop(*daemon).err, Not(HasSubstr(": took '")));
    EXPECT_EQ(names(".dump"), there);
  }
}

TEST_F(ScheduledDumps, B3HaveATemporaryNameUntilTheyAreWhole) {
  for (const int signal : {SIGTERM, SIGKILL}) {
    auto& held = hold_requests();
    auto dumping = start({"snapshot"}, alone());
    EXPECT_TRUE(eventually([&] { return held.is_waited_for(); }, 60s)) << dumping->err_so_far();
    EXPECT_THAT(names(".dump"), IsEmpty());
    EXPECT_THAT(names(".tmp"), SizeIs(1));
    dumping->signal(signal);
    dumping->wait();
    // Of one that was killed, the server knows as soon as it has something to say to it.
    if (signal == SIGKILL) held.release();
    EXPECT_TRUE(eventually([&] { return has_gone(); }, 60s)) << "pg_dump outlives it";
    EXPECT_THAT(names(".dump"), IsEmpty());
    EXPECT_THAT(names(".tmp"), SizeIs(signal == SIGTERM ? 0 : 1));
  }
  hold_requests();
  // A dump that fails.
  auto failing = start({"snapshot", "--timeout", "3s"}, alone());
  EXPECT_EQ(failing->wait().exit_code, 12);
  EXPECT_THAT(names(".dump"), IsEmpty());
  EXPECT_THAT(names(".tmp"), IsEmpty()) << "neither its own nor the dead run's";
  EXPECT_THAT(names(".json"), IsEmpty());
}

TEST_F(ScheduledDumps, B4KeepTheNewestAndTouchNothingElse) {
  const Strings strangers = {"notes.txt",
                             "other-20200101T000000Z.dump",
                             "other-20200101T000000Z.json",
                             "other-20200101T000000Z.dump.tmp",
                             "backup.dump",
                             "half.dump.tmp"};
  fs::create_directory(archives());
  for (const auto& name : strangers) directory.write("archives/" + name, "a stranger's");
  const auto first = take(), second = take();
  EXPECT_TRUE(fs::exists(archives() / first));
  const auto explained =
      tidegate(0, {"snapshot", "--explain"}, with({{"SNAPSHOT_RETENTION", "1"}}));
  EXPECT_THAT(explained.out, AllOf(HasSubstr(first), HasSubstr(second)));
  EXPECT_TRUE(fs::exists(archives() / first)) << "it only explains";
  const auto third = take();
  EXPECT_FALSE(fs::exists(archives() / first));
  EXPECT_THAT(whole_archives(), ElementsAre(second, third));
  for (const auto& name : strangers) EXPECT_EQ(read_text(archives() / name), "a stranger's");

  // A failure deletes nothing, however few are to be kept.
  in(production()).run("CREATE TABLE closed (id int)");
  server->client().run("REVOKE pg_read_all_data FROM " + server->client().identifier(user()));
  tidegate(9, {"snapshot"}, with({{"SNAPSHOT_RETENTION", "1"}}));
  EXPECT_THAT(whole_archives(), ElementsAre(second, third));
  EXPECT_THAT(names(".tmp"), SizeIs(2)) << "the strangers'";
}

TEST_F(ScheduledDumps, B5AreTriedAgainUntilTheyWork) {
  const auto old = missed_days();
  auto& held = hold_requests();
  auto daemon = serve({{"SNAPSHOT_TIME", just_now()}, {"SNAPSHOT_TIMEOUT", "4s"}});
  // The time limit of pg_dump: it is ended, and that is a failure.
  await(*daemon, "failed (try 1)");
  EXPECT_THAT(daemon->err_so_far(), HasSubstr("; again in 5.0 s"));
  EXPECT_TRUE(eventually([&] { return has_gone(); }, 4s)) << "pg_dump is still there";
  EXPECT_THAT(names(".dump"), ElementsAre(old));
  EXPECT_THAT(names(".tmp"), IsEmpty());
  held.release();
  await(*daemon, ": took '", 120s);
  stop(*daemon);
  EXPECT_THAT(whole_archives(), SizeIs(2));
}

TEST_F(ScheduledDumps, B5AreTriedAgainWhenTheServerGoesAwayHalfWay) {
  const auto own = server->another();
  if (!own) GTEST_SKIP() << "an external server is not to be ended";
  own->client().run("CREATE TABLE plain AS SELECT generate_series(1, 1000) AS id");
  const Variables there{{"DATABASE_URL", own->uri()}};
  const auto old = backdate(take(there), 48h);
  HeldRequests held(own->uri());
  auto daemon = serve({{"SNAPSHOT_TIME", just_now()}, {"DATABASE_URL", held.through(own->uri())}});
  EXPECT_TRUE(eventually([&] { return held.is_waited_for(); }, 60s)) << daemon->err_so_far();
  own->restart(SIGQUIT);
  held.release();
  await(*daemon, "failed (try 1)");
  await(*daemon, ": took '");
  EXPECT_THAT(stop(*daemon).err, HasSubstr("kind=unreachable"));
  EXPECT_THAT(whole_archives(), SizeIs(2));
}

TEST_F(ScheduledDumps, B6ShowTheUrlNowhere) {
  auto newest = missed_days();
  auto age = 24h;
  for (const char* format : {"text", "json"}) {
    auto& held = hold_requests();
    auto daemon = serve({{"SNAPSHOT_TIME", just_now()},
                         {"TIDEGATE_LOG_LEVEL", "trace"},
                         {"TIDEGATE_LOG_FORMAT", format}});
    EXPECT_TRUE(eventually([&] { return held.is_waited_for(); }, 60s)) << daemon->err_so_far();
    const auto processes = process_list();
    EXPECT_THAT(processes, HasSubstr("pg_dump --dbname=")) << "it is looked at while it works";
    expect_no_secret(processes, "the process list");
    held.release();
    await(*daemon, ": took '");
    stop(*daemon);
    newest = backdate(names(".dump").back(), age++);  // two of one second keep apart
  }
  for (const Strings& shown : {Strings{"config", "show"},
                               {"config", "show", "--json"},
                               {"status"},
                               {"check"},
                               {"verify", "snapshot"}}) {
    EXPECT_THAT(tidegate(0, shown, alone()).out, Not(IsEmpty()));
  }
  expect_no_secret_below(directory.path());
}

/// Runs the program as a user without an entry in /etc/passwd, as containers do.
class ScheduledDumpsOfAnotherUser : public ScheduledDumps {
 protected:
  static constexpr uid_t k_uid = 12345;

  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can run the program as another user";
    ScheduledDumps::SetUp();
    fs::permissions(directory.path(), fs::perms{0755});
    // Where the build is, others may not be let in.
    program_ = directory.path() / "tidegate";
    fs::copy_file(built_program(), program_);
    fs::permissions(program_, fs::perms{0755});
  }

  std::unique_ptr<Process> as_other(const std::string& verb, const Variables& more = {}) {
    const auto uid = std::to_string(k_uid);
    return std::make_unique<Process>(
        Command{{"setpriv", "--reuid", uid, "--regid", uid, "--clear-groups", "--", program_, verb},
                with(more),
                {},
                directory.path()},
        directory.path());
  }
  void give_to_other(const fs::path& path) { EXPECT_EQ(::chown(path.c_str(), k_uid, k_uid), 0); }

  fs::path program_;
};

TEST_F(ScheduledDumpsOfAnotherUser, B7SayAtTheStartWhoseTheDirectoryIsAndWhatMendsIt) {
  fs::create_directory(archives());
  fs::permissions(archives(), fs::perms{0755});
  const auto refused = as_other("serve")->wait(20s);
  EXPECT_EQ(refused.exit_code, 9) << refused;
  EXPECT_THAT(refused.err, AllOf(HasSubstr("user 12345"), HasSubstr("belongs to user 0"),
                                 HasSubstr("chown 12345 " + archives().string())));

  give_to_other(archives());
  const auto taken = as_other("snapshot")->wait();
  EXPECT_EQ(taken.exit_code, 0) << taken;
  ASSERT_THAT(whole_archives(), SizeIs(1));
  struct stat facts {};
  ASSERT_EQ(::stat((archives() / names(".dump").front()).c_str(), &facts), 0);
  EXPECT_EQ(facts.st_uid, k_uid);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(ScheduledDumpsOfAnotherUser, B7SayAtTheStartWhenTheDirectoryCannotBeMade) {
  const auto refused =
      as_other("serve", {{"SNAPSHOT_DIR", (directory.path() / "none" / "snapshots").string()}})
          ->wait(20s);
  EXPECT_EQ(refused.exit_code, 9) << refused;
  EXPECT_THAT(refused.err, AllOf(HasSubstr("user 12345"), HasSubstr("belongs to user 0"),
                                 HasSubstr("chown 12345 " + directory.path().string())));
}

TEST_F(ScheduledDumpsOfAnotherUser, B7SayAtTheStartWhichFilesAnEarlierUserHasLeft) {
  const auto dump = take();  // as root
  give_to_other(archives());
  const auto sidecar = fs::path(dump).replace_extension(".json").string();
  for (const auto& left : {sidecar, names(".lock").at(0)}) {
    const auto refused = as_other("serve")->wait(20s);
    EXPECT_EQ(refused.exit_code, 9) << refused;
    EXPECT_THAT(refused.err,
                AllOf(HasSubstr(left), HasSubstr("belongs to user 0"), HasSubstr("chown 12345 ")));
    give_to_other(archives() / left);
  }
}

TEST_F(ScheduledDumps, B8ComeBackEqualWithEverythingThatADatabaseCanHold) {
  const auto source = named("everything");
  make_database(source, k_one_of_everything, user());
  const Variables there{{"DATABASE_URL", server->uri_as(user(), k_marked_password, source)}};
  const auto expected = image(source);
  EXPECT_THAT(expected, Contains(HasSubstr("FOREIGN KEY")));
  EXPECT_THAT(expected, Contains(HasSubstr("large object")));
  EXPECT_THAT(expected, Contains(HasSubstr("sequence")));
  EXPECT_EQ(differences(expected, restored(take(there))), Strings());
  tidegate(0, {"verify", "snapshot", "--restore"}, with(there));
  EXPECT_EQ(staging(), Strings());
}

TEST_F(ScheduledDumps, B8WorkForAnyNameOfADatabase) {
  const auto full = named("63 bytes ");
  for (const auto& name :
       {named("Ünï \"quoted\" 'x' 数"), full + std::string(63 - full.size(), 'x'),
        std::string("host=nowhere.invalid"), std::string("-tidegate test-"),
        std::string("postgresql://someone@nowhere.invalid/tidegate_test"),
        std::string("../tidegate test/%41$(exit 1)`;\\")}) {
    SCOPED_TRACE(name);
    make_database(name, k_little_of_everything, user());
    const Variables there{{"DATABASE_URL", server->uri_as(user(), k_marked_password, name)}};
    const auto dump = take(there);
    EXPECT_TRUE(is_whole(dump));
    EXPECT_EQ(differences(image(name), restored(dump)), Strings());
    tidegate(0, {"verify", "snapshot", "--restore"}, with(there));
  }
  EXPECT_EQ(staging(), Strings());
}

TEST_F(ScheduledDumps, B8LeaveNothingBehindWhenTheirProofFailsHalfWay) {
  // Rows that were written before the function became stricter: no restore takes them.
  in(production())
      .run(
          "CREATE FUNCTION fits(int) RETURNS boolean LANGUAGE sql AS 'SELECT true'; "
          "CREATE TABLE stale (id int CHECK (public.fits(id))); INSERT INTO stale VALUES (1); "
          "CREATE OR REPLACE FUNCTION fits(int) RETURNS boolean LANGUAGE sql AS 'SELECT false'");
  const auto dump = take();
  tidegate(13, {"verify", "snapshot", "--restore"}, alone());
  EXPECT_EQ(staging(), Strings());
  EXPECT_TRUE(eventually([&] { return has_gone(); }, 30s));
  EXPECT_THAT(whole_archives(), ElementsAre(dump));
}

TEST_F(ScheduledDumps, B8LeaveNothingBehindWhenTheyOrTheirProofFail) {
  const auto whole = take({{"SNAPSHOT_RETENTION", "5"}});
  // Half way through, the dump is refused a table.
  in(production()).run("CREATE TABLE zzz (id int); REVOKE ALL ON zzz FROM PUBLIC");
  auto admin = server->client();
  admin.run("REVOKE pg_read_all_data FROM " + admin.identifier(user()));
  tidegate(9, {"snapshot"}, alone());
  EXPECT_THAT(whole_archives(), ElementsAre(whole));
  EXPECT_THAT(names(".tmp"), IsEmpty());
  // The proof of a damaged one.
  {
    const auto size = fs::file_size(archives() / whole);
    std::fstream file(archives() / whole, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(size / 2));
    file << "damage";
  }
  tidegate(10, {"verify", "snapshot"}, alone());
  tidegate(10, {"verify", "snapshot", "--restore"}, alone());
  EXPECT_EQ(staging(), Strings());
  EXPECT_TRUE(eventually([&] { return has_gone(); }, 30s));
}

}  // namespace
}  // namespace tidegate::test
