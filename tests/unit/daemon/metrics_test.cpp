#include "daemon/metrics.hpp"

#include <gtest/gtest.h>

#include "base/utc.hpp"

namespace tidegate::daemon {
namespace {

using namespace std::chrono_literals;

TEST(Metrics, HaveTheKnownFactsOfEachJobOnly) {
  Report snapshot;
  snapshot.database = "atlas";
  snapshot.what = "snapshot";
  snapshot.newest = parse_rfc3339("2026-11-22T03:00:00Z").value();
  snapshot.failures = 2;
  snapshot.max_age = 8h;
  Report drill;
  drill.database = "atlas";
  drill.what = "drill";
  drill.newest = snapshot.newest;
  drill.given_up = true;
  drill.trouble = "something";

  std::map<std::string, std::vector<web::Gauge::Sample>> told;
  for (auto& gauge : gauges({snapshot, drill})) told[gauge.name] = gauge.samples;

  ASSERT_EQ(told.at("tidegate_snapshot_timestamp_seconds").size(), 1U);
  const auto& newest = told.at("tidegate_snapshot_timestamp_seconds").front();
  EXPECT_EQ(newest.value, 1795316400);
  EXPECT_EQ(newest.labels.at("database"), "atlas");
  EXPECT_EQ(told.at("tidegate_snapshot_max_age_seconds").at(0).value, 8 * 3600);
  EXPECT_EQ(told.at("tidegate_failed_tries").at(0).value, 2);
  EXPECT_EQ(told.at("tidegate_failed_tries").at(1).value, 0);
  EXPECT_EQ(told.at("tidegate_given_up").at(1).value, 1);
  EXPECT_EQ(told.at("tidegate_trouble").at(0).value, 0);
  EXPECT_EQ(told.at("tidegate_trouble").at(1).value, 1);
  EXPECT_TRUE(told.at("tidegate_next_timestamp_seconds").empty());
  EXPECT_EQ(told.at("tidegate_build_info").at(0).labels.at("version"), TIDEGATE_VERSION);
}

}  // namespace
}  // namespace tidegate::daemon
