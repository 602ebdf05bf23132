#include "base/signals.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <mutex>

namespace tidegate {
namespace {

using namespace std::chrono_literals;

bool is_stopped_within(const std::stop_token& token, std::chrono::milliseconds limit) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, token, limit, [] { return false; });
  return token.stop_requested();
}

TEST(StopSignals, OneSignalRequestsAStop) {
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    std::stop_source stop;
    const StopSignals signals(stop);
    EXPECT_FALSE(stop.stop_requested());
    ASSERT_EQ(::kill(::getpid(), number), 0);
    EXPECT_TRUE(is_stopped_within(stop.get_token(), 10s));
    EXPECT_EQ(signals.received(), number);
  }
}

TEST(StopSignals, GoAwayWithoutASignal) {
  std::stop_source stop;
  { const StopSignals signals(stop); }
  EXPECT_FALSE(stop.stop_requested());
}

TEST(StopSignals, AHangupRunsItsActionAndStopsNothing) {
  std::stop_source stop, hung_up;
  StopSignals signals(stop);
  signals.on_hangup([&] { hung_up.request_stop(); });
  ASSERT_EQ(::kill(::getpid(), SIGHUP), 0);
  EXPECT_TRUE(is_stopped_within(hung_up.get_token(), 10s));
  EXPECT_FALSE(stop.stop_requested());
  signals.on_hangup({});
  ASSERT_EQ(::kill(::getpid(), SIGHUP), 0);
  EXPECT_TRUE(is_stopped_within(stop.get_token(), 10s));
}

TEST(StopSignals, AHangupThatWasIgnoredStaysIgnored) {
  const auto before = ::signal(SIGHUP, SIG_IGN);
  {
    std::stop_source stop;
    const StopSignals signals(stop);
    ASSERT_EQ(::kill(::getpid(), SIGHUP), 0);
    ASSERT_EQ(::kill(::getpid(), SIGTERM), 0);  // waited for after it, and as lower number first
    EXPECT_TRUE(is_stopped_within(stop.get_token(), 10s));
    EXPECT_EQ(signals.received(), SIGTERM);
  }
  ::signal(SIGHUP, before);
}

TEST(StopSignals, WritingToAClosedPipeIsAnError) {
  const StopSignals signals{std::stop_source{}};
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::close(ends[0]);
  EXPECT_EQ(::write(ends[1], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  ::close(ends[1]);
}

TEST(StopSignalsDeathTest, TheSecondSignalEndsTheProcessAtOnce) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        std::stop_source stop;
        const StopSignals signals(stop);
        ::kill(::getpid(), SIGTERM);
        is_stopped_within(stop.get_token(), 10s);
        ::kill(::getpid(), SIGINT);
        is_stopped_within(std::stop_source{}.get_token(), 10s);
      },
      testing::ExitedWithCode(130), "");
}

}  // namespace
}  // namespace tidegate
