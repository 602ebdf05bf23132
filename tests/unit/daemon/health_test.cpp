#include "daemon/health.hpp"

#include <gtest/gtest.h>

#include "base/utc.hpp"

namespace tidegate::daemon {
namespace {

using namespace std::chrono_literals;

const SystemTime k_now = parse_rfc3339("2026-11-22T12:00:00Z").value();

Report well() {
  Report report;
  report.database = "atlas";
  report.what = "snapshot";
  report.newest = k_now - 9h;
  report.next = k_now + 15h;
  return report;
}

web::Condition of(const Report& report) { return conditions({report}, k_now).at(0); }

TEST(Health, IsGoodAndSaysWhenTheNextComes) {
  const auto condition = of(well());
  EXPECT_TRUE(condition.good);
  EXPECT_EQ(condition.name, "snapshot of 'atlas'");
  EXPECT_EQ(condition.says, "the newest is 9 h old, next 2026-11-23 03:00 UTC");
}

TEST(Health, IsGoodWhereThereIsNoneYet) {
  auto report = well();
  report.newest.reset();
  EXPECT_TRUE(of(report).good);
  EXPECT_EQ(of(report).says, "there is none yet, next 2026-11-23 03:00 UTC");
  report.next.reset();
  EXPECT_EQ(of(report).says, "not checked yet");
}

TEST(Health, IsBadAfterThreeFailuresInARow) {
  auto report = well();
  report.last_error = "the server does not answer";
  report.failures = 2;
  EXPECT_TRUE(of(report).good);
  report.failures = 3;
  EXPECT_FALSE(of(report).good);
  EXPECT_EQ(of(report).says,
            "failed 3 times in a row: the server does not answer, the newest is 9 h old, "
            "next 2026-11-23 03:00 UTC");
}

TEST(Health, IsBadAtOnceWhenTriesWereGivenUp) {
  auto report = well();
  report.failures = 1;
  report.given_up = true;
  report.last_error = "no such role";
  EXPECT_FALSE(of(report).good);
  EXPECT_EQ(of(report).says.substr(0, 39), "failed once, given up: no such role, th");
}

TEST(Health, IsBadWhenTheLastRunLeftAProblem) {
  auto report = well();
  report.trouble = "not all archives that should go were removed";
  EXPECT_FALSE(of(report).good);
  EXPECT_EQ(of(report).says,
            "not all archives that should go were removed, the newest is 9 h old, "
            "next 2026-11-23 03:00 UTC");
}

TEST(Health, IsBadWhenTheNewestIsTooOldUnlessOneIsBeingTaken) {
  auto report = well();
  report.max_age = 9h;
  EXPECT_TRUE(of(report).good);
  report.max_age = 8h;
  EXPECT_FALSE(of(report).good);
  EXPECT_EQ(of(report).says.substr(0, 35), "the newest is 9 h old, more than 8h");
  report.running_since = k_now - 1min;
  EXPECT_TRUE(of(report).good);
  EXPECT_NE(of(report).says.find("at work since 2026-11-22 11:59:00 UTC"), std::string::npos);
}

}  // namespace
}  // namespace tidegate::daemon
