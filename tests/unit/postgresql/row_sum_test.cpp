#include "engine/postgresql/copy/row_sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace tidegate::engine::postgresql {
namespace {

std::vector<std::string> rows(int count) {
  std::vector<std::string> rows;
  for (int i = 0; i < count; ++i) rows.push_back(std::to_string(i) + "\tname " + "\n");
  return rows;
}

RowSum sum_of(const std::vector<std::string>& rows) {
  RowSum sum;
  for (const auto& row : rows) sum.add(row);
  return sum;
}

TEST(RowSum, IsTheSameInAnyOrderAndInAnyParts) {
  auto all = rows(1000);
  const auto sum = sum_of(all);
  EXPECT_EQ(sum.rows(), 1000);
  std::mt19937 random(7);
  for (int turn = 0; turn < 20; ++turn) {
    std::shuffle(all.begin(), all.end(), random);
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(random() % all.size());
    auto parts = sum_of({all.begin(), middle});
    parts.add(sum_of({middle, all.end()}));
    EXPECT_EQ(parts.text(), sum.text());
    EXPECT_EQ(parts.rows(), sum.rows());
    EXPECT_EQ(parts.bytes(), sum.bytes());
  }
}

TEST(RowSum, DiffersByOneByteOneRowAndOneRepetition) {
  const auto all = rows(50);
  const auto sum = sum_of(all).text();
  auto changed = all;
  changed[7][0] = '9';
  EXPECT_NE(sum_of(changed).text(), sum);
  EXPECT_NE(sum_of({all.begin() + 1, all.end()}).text(), sum);
  auto twice = all;
  twice[1] = twice[0];
  EXPECT_NE(sum_of(twice).text(), sum);
  twice.push_back(twice[0]);
  EXPECT_NE(sum_of(twice).text(), sum) << "an even number of equal rows does not vanish";
}

/// Sums are equal on every machine: one machine compares those that another has recorded.
TEST(RowSum, OfKnownRowsIsKnown) {
  EXPECT_EQ(RowSum().text(), "xxh3:00000000000000000000000000000000");
  RowSum one;
  one.add("");
  EXPECT_EQ(one.text(), "xxh3:99aa06d3014798d86001c324468d497f");
  RowSum two;
  two.add("1\ta\n");
  two.add("2\t\\N\n");
  EXPECT_EQ(two.rows(), 2);
  EXPECT_EQ(two.bytes(), Bytes{9});
  EXPECT_EQ(two.text(), "xxh3:e16d640badaac0a60a86eca9b8f4c117");
}

TEST(RowSum, CarriesFromItsLowerHalf) {
  RowSum sum;
  RowSum half = sum;
  half.add("");
  for (int i = 0; i < 4; ++i) sum.add("");
  half.add(half);
  half.add(half);
  EXPECT_EQ(half.text(), sum.text());
}

}  // namespace
}  // namespace tidegate::engine::postgresql
