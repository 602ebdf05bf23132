// A process is stopped until another run has published, and then wakes up, on PostgreSQL: it must
// not damage anything.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/postgresql_program.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;
using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int k_moments = 4;

class PostgresqlPaused : public PostgresqlProgram, public testing::WithParamInterface<int> {
 protected:
  /// Stops it after a part of the duration of such a run.
  std::unique_ptr<Process> sleeper(const Strings& arguments) {
    const auto duration = tidegate(0, arguments).elapsed;
    auto process = start(arguments);
    process->wait_for(duration * GetParam() / k_moments);
    process->stop_and_wait();
    return process;
  }

  /// Starts another run while the first is stopped: it does not wait, and names the first run.
  bool another(const Strings& arguments) {
    const auto outcome = run(command(arguments), directory.path());
    EXPECT_THAT(outcome.exit_code, AnyOf(0, 7)) << outcome;
    if (outcome.exit_code == 7) {
      EXPECT_THAT(outcome.err, HasSubstr("run "));
    }
    return outcome.exit_code == 0;
  }

  static Outcome wake(Process& process) {
    process.signal(SIGCONT);
    auto outcome = process.wait();
    expect_no_secret(outcome.all(), "the output of the woken run");
    EXPECT_NE(outcome.exit_code, 1) << outcome;
    return outcome;
  }

  std::string run_of(const std::string& database) const {
    return Json::parse(comment(database)).at("run");
  }

  void sleep_through(const Strings& arguments, const std::string& database,
                     const PostgresImage& expected) {
    auto first = sleeper(arguments);
    if (!another(arguments)) {
      // A server ends sessions in this way when it considers their clients dead.
      end_sessions();
      EXPECT_TRUE(eventually([&] { return has_gone(); }, 60s));
      EXPECT_TRUE(another(arguments));
    }
    const auto published = run_of(database);
    EXPECT_EQ(differences(expected, image(database)), Strings());
    const auto woken = wake(*first);
    EXPECT_EQ(differences(expected, image(database)), Strings()) << woken;
    if (woken.exit_code != 0) {
      EXPECT_EQ(run_of(database), published) << woken;
    }
    tidegate(0, arguments);
    EXPECT_EQ(staging(), Strings());
    EXPECT_EQ(differences(expected, image(database)), Strings());
  }
};

TEST_P(PostgresqlPaused, ASnapshotDatabaseIsNotDamagedByTheOneThatWakes) {
  configure(fmt::format(R"({{"database": {}}})", Json(snapshot()).dump()));
  sleep_through({"snapshot"}, snapshot(), image(production()));
}

TEST_P(PostgresqlPaused, APreviewIsNotDamagedByTheOneThatWakes) {
  configure(R"({"directory": "archives"})");
  tidegate(0, {"snapshot"});
  sleep_through({"restore", "pr-1"}, preview(), image(production()));
}

TEST_P(PostgresqlPaused, ArchivesAreNotDamagedByTheOneThatWakes) {
  configure(R"({"directory": "archives"})");
  auto first = sleeper({"snapshot"});
  if (!another({"snapshot"})) {
    // An administrator has removed the file of the lock, which ends the lock.
    for (const auto& lock : names(".lock")) fs::remove(archives() / lock);
    EXPECT_TRUE(another({"snapshot"}));
  }
  const auto there = whole_archives();
  const auto woken = wake(*first);
  EXPECT_THAT(woken.exit_code, AnyOf(0, 7)) << woken;
  const auto after = names(".dump");
  EXPECT_EQ(whole_archives(), after);
  EXPECT_TRUE(std::includes(after.begin(), after.end(), there.begin(), there.end()));
  tidegate(0, {"snapshot"});
  EXPECT_THAT(names(".tmp"), IsEmpty());
  EXPECT_EQ(names(".json").size(), names(".dump").size());
}

INSTANTIATE_TEST_SUITE_P(AtParts, PostgresqlPaused, testing::Range(1, k_moments));

}  // namespace
}  // namespace tidegate::test
