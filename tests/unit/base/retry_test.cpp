#include "base/retry.hpp"

#include <gtest/gtest.h>

#include "support/fake_clock.hpp"

namespace tidegate {
namespace {

using namespace std::chrono_literals;

class Retry : public testing::Test {
 protected:
  tidegate::Run& run(std::optional<std::chrono::milliseconds> limit = std::nullopt) {
    run_.emplace("r1", clock, log, progress, stop.get_token(), limit);
    return *run_;
  }

  test::FakeClock clock;
  std::vector<std::string> lines;
  Redactor redactor;
  Log log{LogLevel::info, LogFormat::text, redactor,
          [this](std::string_view line) { lines.emplace_back(line); }};
  SilentProgress progress;
  std::stop_source stop;
  int calls = 0;
  std::optional<tidegate::Run> run_;
};

Error unreachable() { return {ErrorKind::unreachable, "no answer", "look at the network"}; }

TEST_F(Retry, CallsOnceWhenAllGoesWell) {
  retry(run(), 3, {}, "copy", [&](int attempt) {
    ++calls;
    EXPECT_EQ(attempt, 1);
  });
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(lines.empty());
  EXPECT_TRUE(clock.sleeps().empty());
}

TEST_F(Retry, RetriesAndLogsIt) {
  retry(run(), 3, {}, "the copy", [&](int attempt) {
    calls = attempt;
    if (attempt < 3) throw unreachable();
  });
  EXPECT_EQ(calls, 3);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_NE(lines[0].find("the copy failed, trying again in 1."), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find(R"(try="1 of 3" kind=unreachable error="no answer")"), std::string::npos)
      << lines[0];
}

TEST_F(Retry, TriesOnceWhatIsMarkedAsPermanent) {
  try {
    retry(run(), 3, {}, "copy", [&](int) {
      ++calls;
      throw unreachable().mark_permanent();
    });
    FAIL() << "it did not throw";
  } catch (const Error& error) {
    EXPECT_TRUE(error.is_permanent());
    EXPECT_EQ(error.message(), "no answer");
  }
  EXPECT_EQ(calls, 1);
}

TEST_F(Retry, PausesGrowUpToTheLongestWithALittleJitter) {
  EXPECT_THROW(retry(run(), 8, {1s, 10s}, "copy", [](int) { throw unreachable(); }), Error);
  const auto sleeps = clock.sleeps();
  const std::vector<std::chrono::milliseconds> least{1s, 2s, 4s, 8s, 10s, 10s, 10s};
  ASSERT_EQ(sleeps.size(), least.size());
  for (std::size_t i = 0; i < least.size(); ++i) {
    EXPECT_GE(sleeps[i], least[i]);
    EXPECT_LE(sleeps[i], least[i] * 5 / 4);
  }
}

TEST_F(Retry, TheLastErrorHasTheNumberOfTries) {
  try {
    retry(run(), 2, {}, "copy", [](int) { throw unreachable().with_server_code(89); });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unreachable);
    EXPECT_EQ(error.message(), "no answer (tried 2 times)");
    EXPECT_EQ(error.hint(), "look at the network");
    EXPECT_EQ(error.server_code(), 89);
  }
}

TEST_F(Retry, OneTryIsNotMentioned) {
  try {
    retry(run(), 1, {}, "copy", [](int) { throw unreachable(); });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "no answer");
  }
}

TEST_F(Retry, RetriesOnlyRetryableKinds) {
  for (const auto& row : k_error_kinds) {
    calls = 0;
    EXPECT_THROW(retry(run(), 2, {}, "copy",
                       [&](int) {
                         ++calls;
                         throw Error(row.kind, "x");
                       }),
                 Error);
    const bool again = row.kind == ErrorKind::unreachable || row.kind == ErrorKind::remote;
    EXPECT_EQ(calls, again ? 2 : 1) << row.name;
  }
}

TEST_F(Retry, GivesUpWhenThePauseWouldOutlastTheTimeLimit) {
  try {
    retry(run(5s), 100, {}, "copy", [&](int) {
      ++calls;
      throw unreachable();
    });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unreachable);
    EXPECT_NE(error.message().find("no time left"), std::string::npos) << error.message();
  }
  EXPECT_LT(calls, 5);
}

TEST_F(Retry, AStopEndsThePause) {
  try {
    retry(run(), 5, {}, "copy", [&](int) {
      ++calls;
      stop.request_stop();
      throw unreachable();
    });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  }
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace tidegate
