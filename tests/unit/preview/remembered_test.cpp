#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "preview/reported_state.hpp"

namespace tidegate::test {
namespace {

using preview::Kept;
using preview::Notice;
using preview::reported_state_in;
using preview::ReportedState;
using preview::status_marker;
using preview::sticky_body;
using testing::HasSubstr;
using testing::Not;

ReportedState something() {
  ReportedState remembered;
  remembered.said = {"4be1c02", true, Kept::closed, "a --> b <!-- c", "20261122T030004-7f3a92c1"};
  remembered.pending = {Notice::filled, Notice::locked};
  remembered.afterwards = preview::TargetContent::snapshot;
  remembered.told = 7;
  remembered.shown = "x";
  return remembered;
}

TEST(RememberedState, ComesBackFromTheCommentThatHidesIt) {
  const auto body = sticky_body(status_marker(""), something(), "for people");
  EXPECT_EQ(reported_state_in(body), something());
  EXPECT_EQ(body.substr(0, body.find('\n')), "<!-- tidegate:status v1 -->");
  EXPECT_THAT(body, testing::EndsWith("\nfor people"));
}

TEST(RememberedState, CannotEndTheCommentThatHidesIt) {
  const auto body = sticky_body(status_marker("syrf"), something(), "");
  const auto line = body.substr(body.find('\n') + 1);
  EXPECT_EQ(line.find("-->"), line.size() - 4);
  EXPECT_THAT(line, Not(HasSubstr("a -->")));
}

TEST(RememberedState, CountsAsEmptyWhenDamaged) {
  const auto whole = sticky_body(status_marker(""), something(), "text");
  for (std::size_t cut = 0; cut < whole.size(); cut += 7) {
    const auto part = reported_state_in(whole.substr(0, cut));
    EXPECT_TRUE(part == ReportedState{} || part == something()) << cut;
  }
  EXPECT_EQ(reported_state_in("<!-- tidegate:state {\"said\": 7, \"told\": \"x\"} -->"),
            ReportedState{});
}

}  // namespace
}  // namespace tidegate::test
