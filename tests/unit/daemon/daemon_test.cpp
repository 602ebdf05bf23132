#include "daemon/daemon.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>

namespace tidegate::daemon {
namespace {

using namespace std::chrono_literals;

/// Uses real threads and the real clock; every job is due immediately.
class DaemonTest : public testing::Test {
 protected:
  Job job(std::string database, std::string what, std::function<void(tidegate::Run&)> take) const {
    Job job{
        .database = std::move(database), .what = std::move(what), .schedule = Schedule("@yearly")};
    job.on_start = true;
    job.known = [](tidegate::Run&) { return std::vector<DatedSnapshot>(); };
    job.take = [take = std::move(take)](tidegate::Run& run) {
      take(run);
      return std::string("done");
    };
    return job;
  }

  /// Waits for a condition that a thread makes true.
  template <class Condition>
  bool eventually(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 60s, condition);
  }
  template <class Change>
  void change(Change change) {
    const std::scoped_lock lock(mutex_);
    change();
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  RealClock clock_;
  Redactor redactor_;
  std::vector<std::string> lines_;
  Log log_{LogLevel::info, LogFormat::text, redactor_,
           [this](std::string_view line) { change([&] { lines_.emplace_back(line); }); }};
  std::stop_source stop_;
  Surroundings surroundings_{
      clock_, log_,
      [](const Job&, const std::string&) { return std::make_unique<SilentProgress>(); },
      stop_.get_token()};
};

TEST_F(DaemonTest, ServesDatabasesSideBySide) {
  int at_work = 0;
  bool met = false;
  const auto meet = [&](tidegate::Run&) {
    change([&] { ++at_work; });
    const bool both = eventually([&] { return at_work == 2; });
    change([&] { met = both; });
  };
  Daemon daemon(surroundings_);
  daemon.set({{"a", {job("a", "snapshot", meet)}}, {"b", {job("b", "snapshot", meet)}}});
  EXPECT_TRUE(eventually([&] { return met; }));
  EXPECT_TRUE(daemon.alive());
}

TEST_F(DaemonTest, NeverDoesTwoThingsAtOnceForOneDatabase) {
  std::atomic<int> at_work = 0, most = 0;
  int done = 0;
  const auto count = [&](tidegate::Run& run) {
    most = std::max(most.load(), ++at_work);
    run.sleep(20ms);  // time for the other one to come, if it could
    --at_work;
    change([&] { ++done; });
  };
  Daemon daemon(surroundings_);
  daemon.set({{"a", {job("a", "snapshot", count), job("a", "drill", count)}}});
  EXPECT_TRUE(eventually([&] { return done == 2; }));
  EXPECT_EQ(most, 1);
}

TEST_F(DaemonTest, CancelsRunningJobsWhenItIsStopped) {
  bool at_work = false;
  const auto long_one = [&](tidegate::Run& run) {
    change([&] { at_work = true; });
    run.sleep(1h);
  };
  {
    Daemon daemon(surroundings_);
    daemon.set({{"a", {job("a", "snapshot", long_one)}}});
    ASSERT_TRUE(eventually([&] { return at_work; }));
    EXPECT_TRUE(daemon.reports().at(0).running_since);
    stop_.request_stop();
  }
  EXPECT_THAT(lines_, testing::Contains(testing::HasSubstr("'a' was stopped")));
}

TEST_F(DaemonTest, FinishesARunBeforeItUsesNewJobs) {
  bool at_work = false, go_on = false, ended = false;
  int later = 0;
  const auto first = [&](tidegate::Run&) {
    change([&] { at_work = true; });
    const bool told = eventually([&] { return go_on; });
    change([&] { ended = told; });
  };
  Daemon daemon(surroundings_);
  daemon.set({{"a", {job("a", "snapshot", first)}}});
  ASSERT_TRUE(eventually([&] { return at_work; }));
  daemon.set({{"a", {job("a", "drill", [&](tidegate::Run&) {
                 change([&] { later = ended ? 1 : 2; });
               })}}});
  change([&] { go_on = true; });
  EXPECT_TRUE(eventually([&] { return later != 0; }));
  EXPECT_EQ(later, 1) << "the old run had ended";
  daemon.set({});
  EXPECT_TRUE(eventually([&] { return true; }));
}

TEST_F(DaemonTest, WakesUpForNewJobs) {
  Daemon daemon(surroundings_);
  auto sleeping = job("a", "snapshot", [](tidegate::Run&) {});
  sleeping.on_start = false;
  daemon.set({{"a", {sleeping}}});
  ASSERT_TRUE(eventually([&] { return !lines_.empty(); }));
  bool done = false;
  daemon.set({{"a", {job("a", "drill", [&](tidegate::Run&) { change([&] { done = true; }); })}}});
  EXPECT_TRUE(eventually([&] { return done; }));
}

}  // namespace
}  // namespace tidegate::daemon
