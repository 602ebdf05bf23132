#include "base/duration.hpp"

#include <gtest/gtest.h>

namespace tidegate {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

TEST(Duration, ReadsUnitsAndTheirSums) {
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("30m"), 30min);
  EXPECT_EQ(parse_duration("2h"), 2h);
  EXPECT_EQ(parse_duration("1d"), 24h);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("1d2h3m4s5ms"), 26h + 3min + 4s + 5ms);
  EXPECT_EQ(parse_duration("0"), 0ms);
  EXPECT_EQ(parse_duration("0s"), 0ms);
}

TEST(Duration, RefusesTextThatIsNotADuration) {
  for (const auto* text : {"", "30", "s", "-1s", "+1s", "1 h", " 1s", "1s ", "1.5h", "1w", "1H",
                           "30m1h", "1h1h", "1h30", "00", "m1", "1sm"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, EndsAtAHundredYears) {
  EXPECT_TRUE(parse_duration("36500d"));
  EXPECT_FALSE(parse_duration("36501d"));
  EXPECT_FALSE(parse_duration("36500d1ms"));
  EXPECT_FALSE(parse_duration("99999999999999999999s"));
  EXPECT_FALSE(parse_duration("9223372036854775807d"));
}

TEST(Duration, ConfigTextIsReadBackExactly) {
  EXPECT_EQ(to_config_text(90s), "90s");
  EXPECT_EQ(to_config_text(60s), "1m");
  EXPECT_EQ(to_config_text(90min), "1h30m");
  EXPECT_EQ(to_config_text(8 * 24h), "8d");
  EXPECT_EQ(to_config_text(0ms), "0s");
  EXPECT_EQ(to_config_text(250ms), "250ms");
  EXPECT_EQ(to_config_text(1500ms), "1500ms");
  for (const std::int64_t count :
       {1LL, 999LL, 1000LL, 59'999LL, 60'000LL, 99'999LL, 100'000LL, 100'001LL, 3'600'000LL,
        86'400'000LL, 86'399'999LL, 3'153'600'000'000LL}) {
    const milliseconds duration{count};
    EXPECT_EQ(parse_duration(to_config_text(duration)), duration) << to_config_text(duration);
  }
}

TEST(Duration, IsShownToPeopleInTwoUnitsAtMost) {
  EXPECT_EQ(to_text(0ms), "0 ms");
  EXPECT_EQ(to_text(38ms), "38 ms");
  EXPECT_EQ(to_text(999ms), "999 ms");
  EXPECT_EQ(to_text(9'800ms), "9.8 s");
  EXPECT_EQ(to_text(9'950ms), "10 s");
  EXPECT_EQ(to_text(59'499ms), "59 s");
  EXPECT_EQ(to_text(59'500ms), "1 min");
  EXPECT_EQ(to_text(372s), "6 min 12 s");
  EXPECT_EQ(to_text(6min), "6 min");
  EXPECT_EQ(to_text(2h + 5min + 59s), "2 h 5 min");
  EXPECT_EQ(to_text(148h), "6 d 4 h");
  EXPECT_EQ(to_text(-2s), "-2.0 s");
}

}  // namespace
}  // namespace tidegate
