#include "daemon/due.hpp"

#include <gtest/gtest.h>

#include "base/utc.hpp"

namespace tidegate::daemon {
namespace {

using namespace std::chrono_literals;

SystemTime at(std::string_view text) {
  return parse_rfc3339("2026-11-" + std::string(text) + "Z").value();
}

const Schedule k_nightly("0 3 * * *");

std::string due(const RunHistory& past, std::string_view now) {
  return to_second(next_due(k_nightly, past, at(now)).at).substr(8, 11);
}

TEST(PauseAfter, GrowsToAMinuteAndStaysThere) {
  std::vector<std::chrono::milliseconds> pauses;
  for (int failures = 1; failures <= 7; ++failures) pauses.push_back(pause_after(failures));
  EXPECT_EQ(pauses, (std::vector<std::chrono::milliseconds>{5s, 10s, 20s, 30s, 60s, 60s, 60s}));
  EXPECT_EQ(pause_after(1'000'000), 60s);
  EXPECT_EQ(pause_after(0), 5s);
}

TEST(NextDue, IsTheNextScheduledTimeAfterTheNewest) {
  EXPECT_EQ(due({.taken = {at("22T03:00:01")}}, "22T03:10:00"), "23 03:00:00");
  EXPECT_EQ(due({.taken = {at("22T03:00:00")}}, "22T03:10:00"), "23 03:00:00");
  EXPECT_EQ(due({.taken = {at("22T03:00:01"), at("20T03:00:01")}}, "22T04:00:00"), "23 03:00:00");
}

TEST(NextDue, IsAtOnceWhenOneWasMissedAndOnlyOnce) {
  EXPECT_EQ(due({.taken = {at("19T03:00:01")}}, "22T08:00:00"), "22 03:00:00");
  EXPECT_EQ(due({.taken = {at("19T03:00:01"), at("22T08:00:00")}}, "22T08:05:00"), "23 03:00:00");
}

TEST(NextDue, NamesTheMissedTimes) {
  const auto missed = next_due(k_nightly, {.taken = {at("19T03:00:01")}}, at("22T08:00:00"));
  EXPECT_EQ(missed.first, at("20T03:00:00"));
  const auto in_time = next_due(k_nightly, {.taken = {at("21T03:00:01")}}, at("22T03:00:00"));
  EXPECT_EQ(in_time.first, in_time.at);
}

TEST(NextDue, IsAtOnceAfterOneThatTookLongerThanADay) {
  EXPECT_EQ(due({.taken = {at("21T03:00:01")}}, "22T05:00:00"), "22 03:00:00");
}

TEST(NextDue, ComesAtItsTimeWhereThereIsNone) {
  const RunHistory none{.since = at("22T08:00:00")};
  EXPECT_EQ(due(none, "22T08:00:00"), "23 03:00:00");
  EXPECT_EQ(due(none, "23T03:00:00"), "23 03:00:00");
  EXPECT_EQ(due(none, "24T02:00:00"), "23 03:00:00");
  EXPECT_EQ(due(none, "25T03:00:00"), "25 03:00:00");
}

TEST(NextDue, IsAtOnceOnStartWhereThereIsNone) {
  RunHistory past{.since = at("22T08:00:00"), .on_start = true};
  EXPECT_EQ(due(past, "22T08:00:00"), "22 08:00:00");
  EXPECT_EQ(due(past, "22T09:00:00"), "22 08:00:00");
  EXPECT_EQ(due(past, "23T04:00:00"), "23 03:00:00");
  past.taken = {at("22T07:00:00")};
  EXPECT_EQ(due(past, "22T08:00:00"), "23 03:00:00");
}

TEST(NextDue, IgnoresResultsFromTheFuture) {
  EXPECT_EQ(due({.taken = {at("22T03:00:01"), at("29T00:00:00")}}, "22T04:00:00"), "23 03:00:00");
  EXPECT_EQ(due({.taken = {at("21T03:00:01"), at("29T00:00:00")}}, "22T04:00:00"), "22 03:00:00");
  EXPECT_EQ(due({.taken = {at("29T00:00:00")}, .since = at("22T04:00:00")}, "22T04:00:00"),
            "23 03:00:00");
}

TEST(NextDue, AllowsForClocksThatDifferALittle) {
  EXPECT_TRUE(believable(k_nightly, at("22T03:05:00"), at("22T03:00:00")));
  EXPECT_FALSE(believable(k_nightly, at("22T03:05:01"), at("22T03:00:00")));
  const Schedule often("* * * * *");
  EXPECT_TRUE(believable(often, at("22T03:00:30"), at("22T03:00:00")));
  EXPECT_FALSE(believable(often, at("22T03:00:31"), at("22T03:00:00")));
}

TEST(NextDue, DoesNotServeATimeAgainWhenTheClockIsSetBack) {
  const RunHistory past{.taken = {at("22T03:00:01")}, .served = at("22T03:00:00")};
  EXPECT_EQ(due(past, "22T02:00:00"), "23 03:00:00");
  EXPECT_EQ(due(past, "22T03:00:00"), "23 03:00:00");
  // The server's clock is behind this machine's: a snapshot begun at 03:00 has an earlier date.
  EXPECT_EQ(due({.taken = {at("22T02:50:00")}, .served = at("22T03:00:00")}, "22T03:20:00"),
            "23 03:00:00");
}

TEST(NextDue, ServesItAgainWhenTheClockWasFarAhead) {
  const RunHistory past{.taken = {at("21T03:00:01"), at("28T03:00:01")},
                        .served = at("28T03:00:00")};
  EXPECT_EQ(due(past, "22T02:00:00"), "22 03:00:00");
}

}  // namespace
}  // namespace tidegate::daemon
