#include "model/retention.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/utc.hpp"

namespace tidegate {
namespace {

using std::chrono::hours;

SystemTime at(const std::string& text) {
  const auto moment = parse_rfc3339(text + ":00Z");
  EXPECT_TRUE(moment) << text;
  return moment.value_or(SystemTime{});
}

std::vector<SystemTime> all_at(const std::vector<std::string>& texts) {
  std::vector<SystemTime> moments;
  for (const auto& text : texts) moments.push_back(at(text));
  return moments;
}

const auto k_now = at("2026-11-22T12:00");

/// One archive each night at 03:00, the newest first.
std::vector<SystemTime> nights(int count) {
  std::vector<SystemTime> moments;
  for (int i = 0; i < count; ++i) moments.push_back(at("2026-11-22T03:00") - hours{24} * i);
  return moments;
}

std::vector<std::string> kept(const Retention& rules, const std::vector<SystemTime>& moments) {
  const auto verdicts = retain(rules, moments, k_now);
  EXPECT_EQ(verdicts.size(), moments.size());
  std::vector<std::string> dates;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    EXPECT_NE(verdicts[i].why, "");
    if (verdicts[i].stays) dates.push_back(to_date(moments[i]));
  }
  return dates;
}

using Dates = std::vector<std::string>;

TEST(Retention, KeepsEverythingWithoutARule) {
  EXPECT_EQ(kept({}, nights(40)).size(), 40U);
  EXPECT_EQ(retain({}, nights(1), k_now).front().why, "everything stays: no rule is set");
  EXPECT_TRUE(retain({}, {}, k_now).empty());
  EXPECT_TRUE(retain({.last = 3}, {}, k_now).empty());
}

TEST(Retention, KeepsTheNewestByCount) {
  EXPECT_EQ(kept({.last = 3}, nights(10)), (Dates{"2026-11-22", "2026-11-21", "2026-11-20"}));
  EXPECT_EQ(kept({.last = 1}, nights(10)), (Dates{"2026-11-22"}));
  EXPECT_EQ(kept({.last = 30}, nights(10)).size(), 10U);
}

TEST(Retention, AnswersInTheOrderOfTheQuestion) {
  auto moments = nights(10);
  std::reverse(moments.begin(), moments.end());
  EXPECT_EQ(kept({.last = 2}, moments), (Dates{"2026-11-21", "2026-11-22"}));
}

TEST(Retention, KeepsTheNewestOfEachDay) {
  const auto moments = all_at({"2026-11-22T03:00", "2026-11-22T09:00", "2026-11-21T23:59",
                               "2026-11-21T00:00", "2026-11-20T03:00"});
  const auto verdicts = retain({.daily = 2}, moments, k_now);
  EXPECT_FALSE(verdicts[0].stays);
  EXPECT_EQ(verdicts[0].why, "a newer one of its day stays");
  EXPECT_TRUE(verdicts[1].stays);
  EXPECT_EQ(verdicts[1].why, "newest of 2026-11-22 (daily)");
  EXPECT_TRUE(verdicts[2].stays);
  EXPECT_FALSE(verdicts[3].stays);
  EXPECT_FALSE(verdicts[4].stays);
  EXPECT_EQ(verdicts[4].why, "older than every rule keeps");
}

TEST(Retention, CountsOnlyDaysThatHaveAnArchive) {
  const auto moments =
      all_at({"2026-11-22T03:00", "2026-11-10T03:00", "2026-10-01T03:00", "2025-01-01T03:00"});
  EXPECT_EQ(kept({.daily = 3}, moments), (Dates{"2026-11-22", "2026-11-10", "2026-10-01"}));
}

TEST(Retention, TakesIsoWeeks) {
  // 2026-11-22 is a Sunday, the last day of week 47.
  const auto verdicts = retain({.weekly = 2}, nights(15), k_now);
  EXPECT_EQ(verdicts[0].why, "newest of 2026-W47 (weekly)");
  EXPECT_EQ(verdicts[7].why, "newest of 2026-W46 (weekly)");
  EXPECT_EQ(verdicts[6].why, "a newer one of its week stays");
  EXPECT_EQ(kept({.weekly = 2}, nights(15)), (Dates{"2026-11-22", "2026-11-15"}));
}

TEST(Retention, KeepsAWeekTogetherAcrossTheYearsEnd) {
  const auto moments = all_at({"2021-01-03T03:00", "2020-12-28T03:00", "2020-12-27T03:00"});
  const auto verdicts = retain({.weekly = 5}, moments, k_now);
  EXPECT_EQ(verdicts[0].why, "newest of 2020-W53 (weekly)");
  EXPECT_FALSE(verdicts[1].stays);
  EXPECT_EQ(verdicts[2].why, "newest of 2020-W52 (weekly)");
  EXPECT_EQ(retain({.weekly = 1}, all_at({"2024-12-30T03:00"}), k_now).front().why,
            "newest of 2025-W01 (weekly)");
}

TEST(Retention, KeepsTheNewestOfEachMonth) {
  EXPECT_EQ(kept({.monthly = 3}, nights(80)), (Dates{"2026-11-22", "2026-10-31", "2026-09-30"}));
  EXPECT_EQ(retain({.monthly = 2}, nights(40), k_now)[22].why, "newest of 2026-10 (monthly)");
}

TEST(Retention, AddsItsRules) {
  const Retention rules{.last = 2, .daily = 3, .weekly = 3, .monthly = 2};
  EXPECT_EQ(kept(rules, nights(60)), (Dates{"2026-11-22", "2026-11-21", "2026-11-20", "2026-11-15",
                                            "2026-11-08", "2026-10-31"}));
  EXPECT_EQ(retain(rules, nights(60), k_now).front().why,
            "1st of the 2 newest, newest of 2026-11-22 (daily), newest of 2026-W47 (weekly), "
            "newest of 2026-11 (monthly)");
}

TEST(Retention, NeverTakesTheNewest) {
  EXPECT_EQ(kept({.daily = 0}, nights(3)), (Dates{"2026-11-22"}));
  EXPECT_EQ(kept({.last = 0}, nights(3)), (Dates{"2026-11-22"}));
  EXPECT_EQ(retain({.weekly = 0}, nights(3), k_now).front().why, "the newest always stays");
}

TEST(Retention, LeavesWhatClaimsToBeFromTheFuture) {
  auto moments = nights(5);
  moments.push_back(at("2026-11-22T12:01"));
  moments.push_back(at("2030-01-01T00:00"));
  const auto verdicts = retain({.last = 2}, moments, k_now);
  EXPECT_TRUE(verdicts[0].stays);
  EXPECT_TRUE(verdicts[1].stays);
  EXPECT_FALSE(verdicts[2].stays);
  EXPECT_EQ(verdicts[5].why, "claims to be from the future");
  EXPECT_TRUE(verdicts[6].stays);
  EXPECT_TRUE(retain({.last = 1}, {k_now}, k_now).front().why.starts_with("1st"));
}

TEST(Retention, WritesOrdinals) {
  const auto verdicts = retain({.last = 112}, nights(112), k_now);
  for (const auto& [index, text] :
       std::vector<std::pair<std::size_t, std::string>>{{0, "1st"},
                                                        {1, "2nd"},
                                                        {2, "3rd"},
                                                        {3, "4th"},
                                                        {10, "11th"},
                                                        {11, "12th"},
                                                        {12, "13th"},
                                                        {20, "21st"},
                                                        {21, "22nd"},
                                                        {22, "23rd"},
                                                        {110, "111th"}}) {
    EXPECT_EQ(verdicts[index].why, text + " of the 112 newest");
  }
}

TEST(Retention, NeverKeepsFewerWhenRunAgain) {
  std::mt19937 dice{20261122};
  const auto maybe = [&](unsigned most) -> std::optional<int> {
    if (dice() % 2 == 0) return std::nullopt;
    return static_cast<int>(1 + dice() % most);
  };
  for (int round = 0; round < 300; ++round) {
    const Retention rules{maybe(5), maybe(9), maybe(5), maybe(4)};
    std::vector<SystemTime> moments;
    for (auto i = dice() % 60; i > 0; --i) moments.push_back(k_now - hours{dice() % 3000});
    const auto first = kept(rules, moments);
    const auto verdicts = retain(rules, moments, k_now);
    std::vector<SystemTime> left;
    for (std::size_t i = 0; i < moments.size(); ++i) {
      if (verdicts[i].stays) left.push_back(moments[i]);
    }
    ASSERT_EQ(kept(rules, left), first);
    ASSERT_EQ(left.empty(), moments.empty());
  }
}

}  // namespace
}  // namespace tidegate
