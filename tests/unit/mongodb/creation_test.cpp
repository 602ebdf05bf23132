#include "engine/mongodb/access/creation.hpp"

#include <gtest/gtest.h>

namespace tidegate::engine::mongodb {
namespace {

TEST(Creation, IsHinderedByANameThatDiffersInCaseOnly) {
  EXPECT_EQ(differing_in_case({"admin", "MS", "ms_pr_1"}, "ms"), "MS");
  EXPECT_EQ(differing_in_case({"Ms_Pr_1"}, "ms_pr_1"), "Ms_Pr_1");
}

TEST(Creation, IsNotHinderedByOtherNamesOrByItsOwn) {
  EXPECT_EQ(differing_in_case({}, "ms"), "");
  EXPECT_EQ(differing_in_case({"ms2", "m", "sm"}, "ms"), "");
  EXPECT_EQ(differing_in_case({"MS", "ms"}, "ms"), "");
}

}  // namespace
}  // namespace tidegate::engine::mongodb
