#include "base/utc.hpp"

#include <gtest/gtest.h>

namespace tidegate {
namespace {

const SystemTime k_moment{
    std::chrono::milliseconds{1'795'316'404'123}};  // 2026-11-22T03:00:04.123Z

TEST(Utc, WritesEachForm) {
  EXPECT_EQ(to_rfc3339(k_moment), "2026-11-22T03:00:04.123Z");
  EXPECT_EQ(to_compact(k_moment), "20261122T030004");
  EXPECT_EQ(to_minute(k_moment), "2026-11-22 03:00 UTC");
  EXPECT_EQ(to_second(k_moment), "2026-11-22 03:00:04 UTC");
  EXPECT_EQ(to_date(k_moment), "2026-11-22");
}

TEST(Utc, WritesMomentsBefore1970) {
  EXPECT_EQ(to_rfc3339(SystemTime{std::chrono::milliseconds{-1}}), "1969-12-31T23:59:59.999Z");
}

TEST(Utc, ReadsBackWhatItWrites) {
  for (const std::int64_t count :
       {0LL, -1LL, 951'782'400'000LL, 1'795'316'404'123LL, 4'102'444'799'999LL}) {
    const SystemTime time{std::chrono::milliseconds{count}};
    EXPECT_EQ(parse_rfc3339(to_rfc3339(time)), time) << to_rfc3339(time);
  }
}

TEST(Utc, ReadsFractionsOfAnyUsualLength) {
  const auto whole = SystemTime{std::chrono::milliseconds{1'795'316'404'000}};
  EXPECT_EQ(parse_rfc3339("2026-11-22T03:00:04Z"), whole);
  EXPECT_EQ(parse_rfc3339("2026-11-22T03:00:04.5Z"), whole + std::chrono::milliseconds{500});
  EXPECT_EQ(parse_rfc3339("2026-11-22T03:00:04.123999Z"), k_moment);
}

TEST(Utc, RefusesEverythingElse) {
  for (const auto* text :
       {"", "Z", "2026-11-22", "2026-11-22T03:00:04", "2026-11-22T03:00:04+00:00",
        "2026-11-22 03:00:04Z", "2026-11-22t03:00:04z", "2026-13-22T03:00:04Z",
        "2026-02-29T03:00:04Z", "2026-11-22T24:00:04Z", "2026-11-22T03:60:04Z",
        "2026-11-22T03:00:60Z", "2026-11-22T03:00:04.Z", "2026-11-22T03:00:04.12x4Z",
        "2026-11-22T03:00:04.1234567890Z", "+026-11-22T03:00:04Z", "2026-11-22T03:00:04.123ZZ",
        "2026-00-22T03:00:04Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

}  // namespace
}  // namespace tidegate
