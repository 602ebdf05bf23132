#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace tidegate {
namespace {

std::int64_t read(std::string_view text) { return parse_bytes(text).value_or(Bytes{-1}).count; }

TEST(Bytes, ReadsDecimalAndBinaryUnitsInAnyCase) {
  EXPECT_EQ(read("0"), 0);
  EXPECT_EQ(read("512"), 512);
  EXPECT_EQ(read("512B"), 512);
  EXPECT_EQ(read("64MiB"), 64 * 1024 * 1024);
  EXPECT_EQ(read("64mib"), 64 * 1024 * 1024);
  EXPECT_EQ(read("3KIB"), 3072);
  EXPECT_EQ(read("2 kB"), 2000);
  EXPECT_EQ(read("1.5 GB"), 1'500'000'000);
  EXPECT_EQ(read("0.5KiB"), 512);
  EXPECT_EQ(read("2TiB"), std::int64_t{2} << 40);
  EXPECT_EQ(read("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
}

TEST(Bytes, RefusesTextThatIsNotASize) {
  for (const auto* text : {"", "MB", "-1", "+1", "1.", ".5", "1,5 GB", "1 2", "1  GB", "12 PB",
                           "1MBs", "1e3", "0x10", "1.5.5", "5 ", " 5", "９"}) {
    EXPECT_FALSE(parse_bytes(text)) << text;
  }
}

TEST(Bytes, RefusesANumberThatDoesNotFit) {
  EXPECT_FALSE(parse_bytes("9223372036854775808"));
  EXPECT_FALSE(parse_bytes("9223373TB"));
  EXPECT_FALSE(parse_bytes("99999999999999999999999999"));
  EXPECT_TRUE(parse_bytes("9223372TB"));
}

TEST(Bytes, AreShownWithThreeDigitsAtMost) {
  EXPECT_EQ(to_text(Bytes{0}), "0 B");
  EXPECT_EQ(to_text(Bytes{17}), "17 B");
  EXPECT_EQ(to_text(Bytes{999}), "999 B");
  EXPECT_EQ(to_text(Bytes{1000}), "1 kB");
  EXPECT_EQ(to_text(Bytes{1234}), "1.23 kB");
  EXPECT_EQ(to_text(Bytes{9'999}), "10 kB");
  EXPECT_EQ(to_text(Bytes{412'000'000}), "412 MB");
  EXPECT_EQ(to_text(Bytes{999'499}), "999 kB");
  EXPECT_EQ(to_text(Bytes{999'500}), "1 MB");
  EXPECT_EQ(to_text(Bytes{20'100'000'000}), "20.1 GB");
  EXPECT_EQ(to_text(Bytes{812'000'000'000}), "812 GB");
  EXPECT_EQ(to_text(Bytes{std::numeric_limits<std::int64_t>::max()}), "9.22 EB");
  EXPECT_EQ(to_text(Bytes{-1500}), "-1.5 kB");
}

TEST(Bytes, AddAndCompare) {
  Bytes sum{3};
  sum += Bytes{4};
  EXPECT_EQ(sum + Bytes{1}, Bytes{8});
  EXPECT_EQ(sum - Bytes{8}, Bytes{-1});
  EXPECT_LT(Bytes{1}, Bytes{2});
}

TEST(GroupDigits, PutsACommaBeforeEveryThird) {
  EXPECT_EQ(group_digits(0), "0");
  EXPECT_EQ(group_digits(999), "999");
  EXPECT_EQ(group_digits(1000), "1,000");
  EXPECT_EQ(group_digits(1'234'567), "1,234,567");
  EXPECT_EQ(group_digits(-123), "-123");
  EXPECT_EQ(group_digits(-123'456), "-123,456");
  EXPECT_EQ(group_digits(std::numeric_limits<std::int64_t>::min()), "-9,223,372,036,854,775,808");
}

}  // namespace
}  // namespace tidegate
