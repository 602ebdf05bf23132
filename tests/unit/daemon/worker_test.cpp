#include "daemon/worker.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

#include "nights.hpp"

namespace tidegate::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Error down() { return Error(ErrorKind::unreachable, "the server does not answer"); }

std::vector<milliseconds> pauses(const std::vector<SystemTime>& moments) {
  std::vector<milliseconds> result;
  for (std::size_t i = 1; i < moments.size(); ++i) result.push_back(moments[i] - moments[i - 1]);
  return result;
}

TEST(Worker, TakesOneEachNightAtItsTime) {
  Nights nights;
  nights.start();
  nights.live_until(november("25T12:00:00"));
  EXPECT_THAT(nights.taken(), ElementsAre("23 03:00:00", "24 03:00:00", "25 03:00:00"));
}

TEST(Worker, LogsARemainingProblemAsAnErrorUntilARunLeavesNone) {
  Nights nights;
  nights.trouble = "the old ones stay";
  nights.start();
  nights.live_until(november("23T03:01:00"));
  EXPECT_EQ(nights.count("snapshot of 'atlas' is done, but the old ones stay"), 1);
  EXPECT_EQ(nights.report().trouble, "the old ones stay");
  nights.trouble.clear();
  nights.live_until(november("24T03:01:00"));
  EXPECT_EQ(nights.report().trouble, "");
}

TEST(Worker, LogsTheNextTimeInUtc) {
  Nights nights;
  nights.start();
  nights.live(1min);
  EXPECT_THAT(nights.said(), HasSubstr("snapshot of 'atlas': next 2026-11-23 03:00 UTC; there is "
                                       "none yet"));
  nights.live_until(november("23T03:01:00"));
  EXPECT_THAT(nights.said(), HasSubstr("next 2026-11-24 03:00 UTC; the newest is"));
}

TEST(Worker, TakesTheFirstImmediatelyWhenConfigured) {
  Nights nights;
  nights.on_start = true;
  nights.start();
  nights.live_until(november("22T23:00:00"));
  EXPECT_THAT(nights.taken(), ElementsAre("22 03:00:04"));
  nights.start();
  nights.live_until(november("23T12:00:00"));
  EXPECT_THAT(nights.taken(), ElementsAre("22 03:00:04", "23 03:00:00"));
}

TEST(Worker, CatchesUpOnceAndNamesTheMissedTimes) {
  Nights nights;
  nights.archives = {{"old", november("18T03:00:00")}};
  nights.start();
  nights.live_until(november("22T12:00:00"));
  EXPECT_THAT(nights.taken(), ElementsAre("18 03:00:00", "22 03:00:04"));
  EXPECT_EQ(nights.count("none was taken from 2026-11-19 03:00 UTC to 2026-11-21 03:00 UTC"), 1);
}

TEST(Worker, DoesNotTakeOneTwiceHoweverOftenItIsStarted) {
  Nights nights;
  for (int restart = 0; restart < 50; ++restart) {
    nights.start();
    nights.live(37min);
  }
  EXPECT_THAT(nights.taken(), ElementsAre("23 03:00:00"));
}

TEST(Worker, CountsResultsOfOtherProcesses) {
  Nights nights;
  nights.start();
  nights.live(1h);
  nights.archives.push_back({"by hand", november("23T03:00:00")});
  nights.live_until(november("23T12:00:00"));
  EXPECT_THAT(nights.tries, IsEmpty());
}

TEST(Worker, TriesAgainWithGrowingPausesUntilItWorks) {
  Nights nights;
  int left = 7;
  nights.taking = [&](tidegate::Run&) {
    if (left-- > 0) throw down();
  };
  nights.start();
  nights.live_until(november("23T12:00:00"));
  EXPECT_THAT(pauses(nights.tries), ElementsAre(5s, 10s, 20s, 30s, 60s, 60s, 60s));
  EXPECT_EQ(nights.archives.size(), 1U);
  EXPECT_EQ(nights.count("snapshot of 'atlas' failed (try "), 7) << "one line a try";
  EXPECT_EQ(nights.report().failures, 0);

  left = 2;  // success has reset the pauses
  nights.tries.clear();
  nights.live_until(november("24T12:00:00"));
  EXPECT_THAT(pauses(nights.tries), ElementsAre(5s, 10s));
}

TEST(Worker, TriesEveryKindOfFailureAgainButUsageAndConfig) {
  for (const auto& row : k_error_kinds) {
    Nights nights;
    bool works = false;
    nights.taking = [&](tidegate::Run&) {
      if (!works) throw Error(row.kind, "it broke");
    };
    nights.start();
    nights.live_until(november("23T03:10:00"));
    const bool again = row.kind != ErrorKind::usage && row.kind != ErrorKind::config;
    EXPECT_EQ(nights.tries.size() > 5, again) << row.name;
    EXPECT_EQ(nights.report().given_up, !again) << row.name;
    works = true;
    nights.live_until(november("24T03:10:00"));
    EXPECT_EQ(nights.taken().back(), again ? "24 03:00:00" : "24 03:00:00") << row.name;
    EXPECT_EQ(nights.count("not tried again before 2026-11-24 03:00 UTC"), again ? 0 : 1);
  }
}

TEST(Worker, RetriesAfterAnUnexpectedFailure) {
  Nights nights;
  int left = 1;
  nights.taking = [&](tidegate::Run&) {
    if (left-- > 0) throw std::runtime_error("surprise");
  };
  nights.start();
  nights.live_until(november("23T12:00:00"));
  EXPECT_EQ(nights.archives.size(), 1U);
  EXPECT_EQ(nights.count("unexpected failure: surprise"), 1);
}

TEST(Worker, TriesADrillAgainOnlyWhileThatMayHelp) {
  Nights nights;
  nights.insistence = RetryPolicy::while_it_may_help;
  nights.taking = [](tidegate::Run&) {
    throw Error(ErrorKind::verification, "the archive is damaged");
  };
  nights.start();
  nights.live_until(november("23T12:00:00"));
  EXPECT_EQ(nights.tries.size(), 1U);
  EXPECT_TRUE(nights.report().given_up);
  nights.taking = [](tidegate::Run&) { throw down(); };
  nights.live_until(november("24T03:10:00"));
  EXPECT_GT(nights.tries.size(), 5U);
}

TEST(Worker, EndsItsTriesAtTheNextScheduledTimeAndLogsIt) {
  Nights nights("*/10 * * * *");
  nights.archives = {{"old", november("22T03:00:00")}};
  nights.taking = [](tidegate::Run&) { throw down(); };
  nights.start();
  nights.live_until(november("22T03:20:04"));
  EXPECT_EQ(nights.count("snapshot of 'atlas' of 2026-11-22 03:10 UTC did not succeed: "), 1)
      << nights.said();
  EXPECT_EQ(nights.tries.back(), november("22T03:20:00"));
  EXPECT_EQ(nights.report().failures, 1) << "the count starts again";
}

TEST(Worker, CountsATimeLimitAsAFailure) {
  Nights nights;
  nights.time_limit = 1h;
  int left = 1;
  nights.taking = [&](tidegate::Run& run) {
    if (left-- > 0) run.sleep(2h);
  };
  nights.start();
  nights.live_until(november("23T12:00:00"));
  EXPECT_THAT(nights.taken(), ElementsAre("23 04:00:05"));
  EXPECT_EQ(nights.count("the time limit of 1h was reached"), 1) << nights.said();
}

TEST(Worker, RetriesWhenExistingResultsCannotBeListed) {
  Nights nights;
  nights.archives = {{"old", november("21T03:00:00")}};
  int left = 3;
  nights.looking = [&] {
    if (left-- > 0) throw down();
  };
  nights.start();
  nights.live(1h);
  EXPECT_EQ(nights.count("snapshot of 'atlas' cannot list what exists (try "), 3);
  EXPECT_THAT(nights.taken(), ElementsAre("21 03:00:00", "22 03:00:39"));
}

TEST(Worker, LogsAnErrorWhenListingFailsThroughTheNight) {
  Nights nights;
  nights.looking = [] { throw down(); };
  nights.start();
  nights.live_until(november("24T12:00:00"));
  EXPECT_EQ(nights.count("of 2026-11-23 03:00 UTC did not succeed"), 1) << nights.said();
}

TEST(Worker, NamesAResultFromTheFutureOnceAndIgnoresIt) {
  Nights nights;
  nights.archives = {{"old", november("21T03:00:00")}, {"wrong", november("29T00:00:00")}};
  nights.start();
  nights.live_until(november("23T12:00:00"));
  EXPECT_THAT(nights.taken(),
              ElementsAre("21 03:00:00", "29 00:00:00", "22 03:00:04", "23 03:00:00"));
  EXPECT_EQ(nights.count("dated in the future, and not counted: 'wrong' of 2026-11-29 00:00:00"),
            1);
}

TEST(Worker, TakesNoneAgainWhenTheClockIsSetBack) {
  Nights nights;
  nights.start();
  nights.live_until(november("23T03:30:00"));
  nights.clock.jump(-1h);
  nights.live_until(november("23T12:00:00"));
  EXPECT_THAT(nights.taken(), ElementsAre("23 03:00:00"));
  EXPECT_EQ(nights.count("the clock was set back by 1 h"), 1);
}

TEST(Worker, NoticesWithinAMinuteThatTheClockIsSetForward) {
  Nights nights;
  nights.archives = {{"old", november("22T03:00:04")}};
  nights.start();
  nights.live(1h);
  nights.clock.jump(30h);
  const auto jumped = nights.clock.now();
  nights.live(2min);
  ASSERT_EQ(nights.archives.size(), 2U);
  EXPECT_LE(nights.archives.back().taken - jumped, 1min);
  EXPECT_EQ(nights.count("the clock was set forward by "), 1);
}

TEST(Worker, StartedWithAClockFarAheadComesBackWithIt) {
  Nights nights;
  nights.clock.jump(24h * 365);
  nights.start();
  nights.live(1h);
  nights.clock.jump(-24h * 365);
  nights.live_until(november("23T12:00:00"));
  EXPECT_THAT(nights.taken(), ElementsAre("23 03:00:00"));
}

TEST(Worker, DoesNotPutOffASnapshotForADrillOfTheSameDatabase) {
  Nights nights;
  nights.worker = std::make_unique<Worker>("atlas", nights.surroundings);
  auto drill = nights.job();
  int drills = 0;
  drill.what = "drill";
  drill.known = [](tidegate::Run&) { return std::vector<DatedSnapshot>(); };
  drill.take = [&](tidegate::Run&) -> std::string {
    ++drills;
    throw down();
  };
  nights.worker->set({drill, nights.job()});
  nights.live_until(november("23T04:00:00"));
  EXPECT_THAT(nights.taken(), ElementsAre("23 03:00:00"));
  EXPECT_GT(drills, 5);
}

TEST(Worker, TakesNewJobsBetweenTwoRunsAndForgetsFailures) {
  Nights nights;
  nights.taking = [](tidegate::Run&) { throw Error(ErrorKind::config, "no such user"); };
  nights.start();
  nights.live_until(november("23T04:00:00"));
  EXPECT_TRUE(nights.report().given_up);
  nights.taking = [](tidegate::Run&) {};
  nights.worker->set({nights.job()});
  nights.live(1min);
  EXPECT_EQ(nights.archives.size(), 1U) << nights.said();
  EXPECT_FALSE(nights.report().given_up);
  nights.worker->set({});
  nights.live_until(november("26T04:00:00"));
  EXPECT_EQ(nights.archives.size(), 1U);
}

TEST(Worker, CountsFromANewScheduleOn) {
  Nights nights;
  nights.start();
  nights.live_until(november("22T12:00:00"));
  auto job = nights.job();
  job.schedule = Schedule("0 10 * * *");
  nights.worker->set({job});
  nights.live_until(november("23T12:00:00"));
  EXPECT_THAT(nights.taken(), ElementsAre("23 10:00:00"));
}

TEST(Worker, StopsWithoutAnError) {
  Nights nights;
  nights.taking = [&](tidegate::Run& run) {
    nights.stopping.request_stop();
    run.check();
  };
  nights.start();
  nights.live_until(november("23T03:00:00"));
  nights.worker->step();
  EXPECT_THAT(nights.archives, IsEmpty());
  EXPECT_THAT(nights.said(), HasSubstr("snapshot of 'atlas' was stopped and left nothing behind"));
  EXPECT_THAT(nights.said(), Not(HasSubstr("failed")));
}

TEST(Worker, IsAliveWhileItMakesProgressAndWhileARunIsWithinItsLimit) {
  Nights nights;
  nights.time_limit = 1h;
  nights.taking = [&](tidegate::Run&) {
    nights.clock.advance(65min);
    EXPECT_TRUE(nights.worker->alive());
    EXPECT_TRUE(nights.report().running_since);
    nights.clock.advance(10min);
    EXPECT_FALSE(nights.worker->alive());
    throw down();
  };
  nights.start();
  nights.live(2h);
  EXPECT_TRUE(nights.worker->alive());
  nights.clock.advance(6min);
  EXPECT_FALSE(nights.worker->alive());
  nights.live_until(november("23T03:00:00"));
  nights.worker->step();
  EXPECT_EQ(nights.tries.size(), 1U);
  EXPECT_FALSE(nights.report().running_since);
}

}  // namespace
}  // namespace tidegate::daemon
