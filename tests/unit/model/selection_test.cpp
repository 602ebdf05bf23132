#include "model/selection.hpp"

#include <gtest/gtest.h>

namespace tidegate {
namespace {

using Names = std::vector<std::string>;

const Names k_names{"pmProject", "pmStudy", "pmStudyCorrection", "tmp_1", "tmp_2"};

TEST(Select, TakesAllWhenNothingIsIncluded) { EXPECT_EQ(select({}, k_names).taken, k_names); }

TEST(Select, TakesNamesAndGlobsInTheOrderOfTheNames) {
  const auto selected = select({{"tmp_2", "pmStudy*"}, {}}, k_names);
  EXPECT_EQ(selected.taken, (Names{"pmStudy", "pmStudyCorrection", "tmp_2"}));
  EXPECT_TRUE(selected.missing.empty());
  EXPECT_TRUE(selected.unmatched_include.empty());
}

TEST(Select, ExcludeWins) {
  const auto selected = select({{"pm*"}, {"pmStudy", "*Correction", "tmp_*"}}, k_names);
  EXPECT_EQ(selected.taken, (Names{"pmProject"}));
  EXPECT_TRUE(selected.unmatched_exclude.empty());
  EXPECT_EQ(select({{}, {"*"}}, k_names).taken, Names{});
}

TEST(Select, ReportsWhatMatchesNothing) {
  const auto selected =
      select({{"pmStudy", "pmGone", "x*", "pmstudy"}, {"y?", "gone", "tmp_*"}}, k_names);
  EXPECT_EQ(selected.taken, (Names{"pmStudy"}));
  EXPECT_EQ(selected.missing, (Names{"pmGone", "pmstudy"}));
  EXPECT_EQ(selected.unmatched_include, (Names{"x*"}));
  EXPECT_EQ(selected.unmatched_exclude, (Names{"y?", "gone"}));
}

TEST(Select, ANameThatIsExcludedIsNotMissing) {
  const auto selected = select({{"pmStudy"}, {"pmStudy"}}, k_names);
  EXPECT_TRUE(selected.taken.empty());
  EXPECT_TRUE(selected.missing.empty());
}

TEST(Select, OddNamesCanBeEscaped) {
  EXPECT_EQ(select({{"a\\*"}, {}}, {"a*", "ab"}).taken, (Names{"a*"}));
}

}  // namespace
}  // namespace tidegate
