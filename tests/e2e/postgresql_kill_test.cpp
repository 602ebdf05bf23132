// SIGKILL at random moments, on PostgreSQL: the previous content stays intact, and the next run
// needs no help.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <random>

#include "support/postgresql_program.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::microseconds;
using Strings = std::vector<std::string>;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::SizeIs;

/// The number of kills for each of: snapshots (archives and databases), restores (from either),
/// retention. TIDEGATE_TEST_KILLS asks for more than in CI.
int kills() {
  const char* given = std::getenv("TIDEGATE_TEST_KILLS");
  return given != nullptr ? std::max(5, std::atoi(given)) : 50;
}

/// A command to kill: its arguments, a check that it has begun to write, and its duration, in all
/// and from there.
struct Victim {
  Strings arguments;
  std::function<bool()> writes;
  microseconds in_all{}, writing{};
};
enum class From { start, writing };

class PostgresqlKilled : public PostgresqlProgram {
 protected:
  void SetUp() override {
    PostgresqlProgram::SetUp();
    if (server == nullptr) return;
    const char* given = std::getenv("TIDEGATE_TEST_SEED");
    const auto seed = given != nullptr ? std::strtoul(given, nullptr, 10) : std::random_device()();
    random_.seed(static_cast<std::mt19937::result_type>(seed));
    std::cout << "TIDEGATE_TEST_SEED=" << seed << '\n';
  }

  /// Runs it once without a kill.
  Victim measured(Strings arguments, std::function<bool()> writes) {
    auto process = start(arguments);
    EXPECT_TRUE(eventually([&] { return writes() || !process->running(); }, 60s));
    const auto began = std::chrono::steady_clock::now();
    const auto outcome = process->wait();
    EXPECT_EQ(outcome.exit_code, 0) << outcome;
    return {std::move(arguments), std::move(writes), outcome.elapsed, since(began)};
  }

  /// Kills it at a random moment, spread evenly over its duration; lowers the duration where it
  /// ends before.
  void kill(Victim& victim, From from) {
    auto process = start(victim.arguments);
    if (from == From::writing) {
      EXPECT_TRUE(eventually([&] { return victim.writes() || !process->running(); }, 60s));
    }
    auto& duration = from == From::start ? victim.in_all : victim.writing;
    const auto began = std::chrono::steady_clock::now();
    std::uniform_int_distribution<std::int64_t> moment(0, duration.count());
    pause(microseconds(moment(random_)));
    process->signal(SIGKILL);
    const auto outcome = process->wait();
    EXPECT_TRUE(outcome.signal == SIGKILL || outcome.exit_code == 0) << outcome;
    expect_no_secret(outcome.all(), "its output");
    killed_ += outcome.signal == SIGKILL ? 1 : 0;
    if (outcome.exit_code == 0) duration = std::min(duration, since(began));
    // Its sessions end with it, and so do those of pg_dump and pg_restore.
    EXPECT_TRUE(eventually([&] { return has_gone(); }, 60s));
  }
  /// Every second kill comes after it has begun to write.
  void kill(Victim& victim, int turn) { kill(victim, turn % 2 == 0 ? From::writing : From::start); }

  static microseconds since(std::chrono::steady_clock::time_point moment) {
    return std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - moment);
  }
  bool is_staged() const { return !staging().empty(); }

  /// Runs this for each kill, until something fails.
  void repeat(int times, const std::function<void(int)>& turn) {
    for (int i = 1; i <= times && !HasFailure(); ++i) {
      SCOPED_TRACE(fmt::format("kill {}", i));
      turn(i);
    }
    std::cout << killed_ << " killed, " << left_ << " of them left something\n";
    EXPECT_GT(killed_, times / 2);
  }
  /// Whether the next run ends by itself; if not, it is the next one to be killed.
  bool to_the_end() { return std::uniform_int_distribution<int>(1, 3)(random_) == 1; }

  void touch(const std::string& database, int turn) const {
    in(database).run("UPDATE people SET name = $1 WHERE id = 7", {std::to_string(turn)});
  }
  std::string run_of(const std::string& database) const {
    return Json::parse(comment(database)).at("run");
  }

  std::mt19937 random_;
  int killed_ = 0, left_ = 0;
};

TEST_F(PostgresqlKilled, ADumpLeavesTheOldArchivesAndAWholeNewOneOrNone) {
  configure(R"({"directory": "archives"})");
  tidegate(0, {"snapshot"});
  auto dump = measured({"snapshot"}, [&] { return !names(".tmp").empty(); });
  auto known = whole_archives();
  repeat(kills() / 2, [&](int turn) {
    kill(dump, turn);
    const auto there = names(".dump");
    EXPECT_THAT(there, IsSupersetOf(known));
    for (const auto& name : there) {
      const bool is_new = !std::binary_search(known.begin(), known.end(), name);
      if (is_new) {
        EXPECT_TRUE(is_whole(name)) << name;
      }
    }
    left_ += names(".tmp").empty() && names(".json").size() == there.size() ? 0 : 1;
    known = there;
    if (!to_the_end()) return;
    tidegate(0, {"snapshot"});
    EXPECT_THAT(names(".tmp"), IsEmpty());
    EXPECT_THAT(names(".json"), SizeIs(known.size() + 1));
    known = names(".dump");
    EXPECT_TRUE(is_whole(known.back()));
  });
  EXPECT_EQ(whole_archives(), names(".dump"));
}

TEST_F(PostgresqlKilled, RetentionLeavesWholeArchivesAndNeverFewerThanAreKept) {
  constexpr std::size_t k_keep = 3, k_there = 20;
  configure(R"({"directory": "archives", "keep": 3})");
  tidegate(0, {"snapshot"});
  int days = 0;
  const auto add_old_ones = [&] {
    while (names(".dump").size() < k_there) {
      earlier_copy(names(".dump").back(), std::chrono::hours(24 * ++days));
    }
  };
  const auto newest = [&] { return names(".dump").back(); };
  add_old_ones();
  auto before = names(".dump");
  auto retention = measured({"snapshot"}, [&] { return newest() != before.back(); });
  add_old_ones();
  repeat(kills(), [&](int) {
    before = names(".dump");
    kill(retention, From::writing);
    const auto there = names(".dump");
    ASSERT_GE(there.size(), k_keep);
    Strings kept(before.end() - (k_keep - 1), before.end());
    kept.push_back(there.back());
    EXPECT_NE(there.back(), before.back()) << "it was not killed before it had published";
    EXPECT_THAT(there, IsSupersetOf(kept));
    EXPECT_TRUE(is_whole(there.back()));
    const auto sidecars = names(".json");
    for (const auto& name : there) {
      EXPECT_THAT(sidecars, testing::Contains(fs::path(name).replace_extension(".json").string()));
    }
    left_ += there.size() > k_keep || sidecars.size() > there.size() ? 1 : 0;
    if (to_the_end()) {
      tidegate(0, {"snapshot"});
      EXPECT_THAT(whole_archives(), SizeIs(k_keep));
      EXPECT_THAT(names(".json"), SizeIs(k_keep));
      EXPECT_THAT(names(".tmp"), IsEmpty());
    }
    add_old_ones();
  });
}

TEST_F(PostgresqlKilled, ASnapshotDatabaseIsThePreviousOneOrTheWholeNewOne) {
  configure(fmt::format(R"({{"database": {}}})", Json(snapshot()).dump()));
  tidegate(0, {"snapshot"});
  auto copy = measured({"snapshot"}, [&] { return is_staged(); });
  auto previous = image(snapshot());
  auto previous_run = run_of(snapshot());
  repeat(kills() / 2, [&](int turn) {
    touch(production(), turn);
    const auto current = image(production());
    kill(copy, turn);
    ASSERT_TRUE(exists(snapshot()));
    const bool published = run_of(snapshot()) != previous_run;
    if (published) previous = current;
    EXPECT_EQ(differences(previous, image(snapshot())), Strings());
    left_ += staging().empty() ? 0 : 1;
    if (to_the_end()) {
      // Previews are filled from it, whatever staging data is on the server.
      tidegate(0, {"restore", "pr-1"});
      EXPECT_EQ(differences(previous, image(preview())), Strings());
      tidegate(0, {"snapshot"});
      previous = current;
      EXPECT_EQ(differences(current, image(snapshot())), Strings());
      EXPECT_EQ(staging(), Strings());
    }
    previous_run = run_of(snapshot());
    EXPECT_EQ(differences(current, image(production())), Strings());
  });
}

/// The source of previews: a snapshot section for configure().
class PostgresqlKilledRestore : public PostgresqlKilled,
                                public testing::WithParamInterface<const char*> {};

TEST_P(PostgresqlKilledRestore, LeavesThePreviewAsItWasOrWhollyFilled) {
  auto section = Json::parse(GetParam());
  if (section.contains("database")) section["database"] = snapshot();
  configure(section.dump());
  tidegate(0, {"snapshot"});
  tidegate(0, {"restore", "pr-1"});
  auto restore = measured({"restore", "pr-1"}, [&] { return is_staged(); });
  const auto fresh = image(preview());
  EXPECT_EQ(differences(image(production()), fresh), Strings());
  repeat(kills() / 2, [&](int turn) {
    touch(preview(), turn);  // like its user
    const auto before = image(preview());
    const auto previous_run = run_of(preview());
    kill(restore, turn);
    ASSERT_TRUE(exists(preview()));
    const bool published = run_of(preview()) != previous_run;
    EXPECT_EQ(differences(published ? fresh : before, image(preview())), Strings());
    left_ += staging().empty() ? 0 : 1;
    if (is_open(preview()) && !to_the_end()) return;
    tidegate(0, {"restore", "pr-1"});
    EXPECT_TRUE(is_open(preview()));
    EXPECT_EQ(differences(fresh, image(preview())), Strings());
    EXPECT_EQ(staging(), Strings());
  });
}

INSTANTIATE_TEST_SUITE_P(Sources, PostgresqlKilledRestore,
                         testing::Values(R"({"database": ""})", R"({"directory": "archives"})"));

TEST_F(PostgresqlKilled, ADropOrADrillIsFinishedByTheNext) {
  configure(R"({"directory": "archives"})");
  tidegate(0, {"snapshot"});
  tidegate(0, {"restore", "pr-1"});
  auto drop = measured({"drop", "pr-1"}, [&] { return !is_open(preview()); });
  auto drill = measured({"verify", "snapshot", "--restore"}, [&] { return is_staged(); });
  repeat(kills() / 5, [&](int turn) {
    tidegate(0, {"restore", "pr-1"});
    kill(drop, turn);
    tidegate(0, {"drop", "pr-1"});
    EXPECT_FALSE(exists(preview()));
    kill(drill, turn);
    left_ += staging().empty() ? 0 : 1;
    tidegate(0, {"verify", "snapshot", "--restore"});
    EXPECT_EQ(staging(), Strings());
  });
}

}  // namespace
}  // namespace tidegate::test
