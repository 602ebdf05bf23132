// The demo is the first thing that a newcomer sees: it checks itself as it goes.

#include <gtest/gtest.h>

#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

TEST(Demo, TellsTheWholeStoryOnAServerThatIsThere) {
  TIDEGATE_NEEDS_MONGODB(server, Access::open);
  const TempDir directory("demo");
  const auto outcome = run({{built_program().string(), "demo", "--uri", server->uri()}},
                           directory.path(), std::chrono::minutes(4));
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  EXPECT_NE(outcome.out.find("the whole story took"), std::string::npos) << outcome;
}

}  // namespace
}  // namespace tidegate::test
