#include "daemon/pulls.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <atomic>

#include "base/scratch_directory.hpp"
#include "support/fake_clock.hpp"

namespace tidegate::daemon {
namespace {

using namespace std::chrono_literals;

const PullNumber k_seven = *PullNumber::parse("7"), k_eight = *PullNumber::parse("8");

class PullWorkerTest : public testing::Test {
 protected:
  PullWorker worker() {
    PullWork work;
    work.sync = [this](tidegate::Run&, PullNumber number) {
      synced.push_back(number.value());
      if (failing) throw Error(ErrorKind::unreachable, "no answer", "");
    };
    work.reconcile = [this](tidegate::Run&, const auto&) {
      ++looks;
      if (failing) throw Error(ErrorKind::unreachable, "no answer", "");
    };
    work.progress = [](const std::string&) { return std::make_unique<SilentProgress>(); };
    work.every = 15min;
    work.limit = 30min;
    return {surroundings, deliveries, work};
  }
  /// Steps until there is nothing to do for a minute.
  void settle(PullWorker& one) {
    for (auto pause = one.step(); pause < 1min; pause = one.step()) clock.advance(pause);
  }

  test::FakeClock clock;
  Redactor redactor;
  std::vector<std::string> lines;
  Log log{LogLevel::info, LogFormat::text, redactor,
          [this](std::string_view line) { lines.emplace_back(line); }};
  std::stop_source stop;
  Surroundings surroundings{clock, log, {}, stop.get_token()};
  journal::Deliveries deliveries{std::nullopt};
  std::vector<int> synced;
  int looks = 0;
  bool failing = false;
};

TEST_F(PullWorkerTest, ReconcilesAtItsStartAndAtEachInterval) {
  auto one = worker();
  settle(one);
  EXPECT_EQ(looks, 1);
  clock.advance(15min);
  settle(one);
  EXPECT_EQ(looks, 2);
  EXPECT_EQ(one.report().failures, 0);
}

TEST_F(PullWorkerTest, NewWorkReplacesTheOldAndReconcilesImmediately) {
  auto one = worker();
  settle(one);
  int passes = 0;
  PullWork work;
  work.sync = [](tidegate::Run&, PullNumber) {};
  work.reconcile = [&](tidegate::Run&, const auto&) { ++passes; };
  work.progress = [](const std::string&) { return std::make_unique<SilentProgress>(); };
  work.every = work.limit = 1h;
  one.set(work);
  settle(one);
  EXPECT_EQ(passes, 1);
  EXPECT_EQ(looks, 1);
  clock.advance(15min);
  settle(one);
  EXPECT_EQ(passes, 1) << "its pause is the new one";
}

TEST_F(PullWorkerTest, DeliveriesAreServedBetweenTwoPullRequestsOfAPass) {
  PullWork work;
  work.sync = [&](tidegate::Run&, PullNumber number) { synced.push_back(number.value()); };
  work.reconcile = [&](tidegate::Run&, const auto& between) {
    deliveries.put("a", k_seven, clock.now());
    between();
    synced.push_back(100);
  };
  work.progress = [](const std::string&) { return std::make_unique<SilentProgress>(); };
  work.every = work.limit = 1h;
  PullWorker one(surroundings, deliveries, work);
  one.step();
  EXPECT_EQ(synced, (std::vector{7, 100}));
}

TEST_F(PullWorkerTest, AFailingQueueStopsNothing) {
  const ScratchDirectory scratch("test");
  const auto file = (scratch.path() / "queue.db").string();
  journal::Deliveries queue(file);
  queue.put("a", k_seven, clock.now());
  PullWork work;
  work.sync = [&](tidegate::Run&, PullNumber) {
    SQLite::Database(file, SQLite::OPEN_READWRITE).exec("DROP TABLE deliveries");
  };
  int looked = 0;
  work.reconcile = [&](tidegate::Run&, const auto&) { ++looked; };
  work.progress = [](const std::string&) { return std::make_unique<SilentProgress>(); };
  work.every = work.limit = 1h;
  PullWorker one(surroundings, queue, work);
  one.step();  // the look at all is made in spite of it
  EXPECT_EQ(looked, 1);
  EXPECT_EQ(one.step(), 5s) << "and the queue is tried again";
  EXPECT_EQ(one.report().failures, 0);
  EXPECT_NE(one.report().trouble.find("queue"), std::string::npos) << one.report().trouble;
  EXPECT_FALSE(lines.empty());
}

TEST_F(PullWorkerTest, DeliveriesComeFirst) {
  deliveries.put("a", k_seven, clock.now());
  deliveries.put("b", k_eight, clock.now());
  auto one = worker();
  one.step();
  one.step();
  EXPECT_EQ(synced, (std::vector{7, 8}));
  EXPECT_EQ(looks, 0);
}

TEST_F(PullWorkerTest, RetriesADeliveryTenTimesAndLeavesItToThePass) {
  failing = true;
  deliveries.put("a", k_seven, clock.now());
  auto one = worker();
  settle(one);
  EXPECT_EQ(synced.size(), 10U);
  EXPECT_EQ(deliveries.waiting(), 0);
  EXPECT_GE(one.report().failures, 1);
  EXPECT_EQ(one.report().last_error, "no answer");
}

TEST_F(PullWorkerTest, AnInterruptedDeliveryStaysWaiting) {
  deliveries.put("a", k_seven, clock.now());
  stop.request_stop();
  PullWork work;
  work.sync = [](tidegate::Run& run, PullNumber) { run.check(); };
  work.reconcile = [](tidegate::Run&, const auto&) {};
  work.progress = [](const std::string&) { return std::make_unique<SilentProgress>(); };
  work.every = work.limit = 1min;
  PullWorker one(surroundings, deliveries, work);
  one.step();
  EXPECT_EQ(deliveries.waiting(), 1);
  EXPECT_TRUE(lines.empty()) << lines.front();
}

TEST_F(PullWorkerTest, WorksInItsOwnThreadUntilDestruction) {
  const RealClock real;
  std::atomic<int> done = 0;
  PullWork work;
  work.sync = [&](tidegate::Run&, PullNumber) { ++done; };
  work.reconcile = [](tidegate::Run&, const auto&) {};
  work.progress = [](const std::string&) { return std::make_unique<SilentProgress>(); };
  work.every = work.limit = 1h;
  Pulls pulls({real, log, {}, stop.get_token()}, deliveries, work);
  deliveries.put("a", k_seven, real.now());
  pulls.wake();
  const auto until = real.steady() + 10s;
  while (done == 0 && real.steady() < until) std::this_thread::yield();
  EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace tidegate::daemon
