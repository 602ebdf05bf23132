#include "base/suggest.hpp"

#include <gtest/gtest.h>

namespace tidegate {
namespace {

TEST(EditDistance, CountsTypingErrors) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("staging", "staging"), 0U);
  EXPECT_EQ(edit_distance("stagin", "staging"), 1U);
  EXPECT_EQ(edit_distance("satging", "staging"), 1U);
  EXPECT_EQ(edit_distance("STAGING", "staging"), 0U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(DidYouMean, FindsTheNearest) {
  EXPECT_EQ(did_you_mean("stagng", {"production", "staging", "stage"}), "staging");
  EXPECT_EQ(did_you_mean("STAGING", {"staging"}), "staging");
  EXPECT_EQ(did_you_mean("time_out", {"timeout", "retries"}), "timeout");
  EXPECT_EQ(did_you_mean("ab", {"ac", "ad"}), "ac");
}

TEST(DidYouMean, SaysNothingWhenNothingIsNear) {
  EXPECT_FALSE(did_you_mean("syrf_prod", {"staging"}));
  EXPECT_FALSE(did_you_mean("x", {"y"}));
  EXPECT_FALSE(did_you_mean("", {"a"}));
  EXPECT_FALSE(did_you_mean("staging", {}));
}

TEST(QuoteList, ReadsAsASentence) {
  EXPECT_EQ(quote_list({}), "");
  EXPECT_EQ(quote_list({"a"}), "'a'");
  EXPECT_EQ(quote_list({"a", "b"}), "'a' and 'b'");
  EXPECT_EQ(quote_list({"a", "b", "c"}), "'a', 'b' and 'c'");
}

}  // namespace
}  // namespace tidegate
