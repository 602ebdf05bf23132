// The demo is the first thing that a newcomer sees: it checks itself as it goes.

#include <gtest/gtest.h>

#include "support/postgres_server.hpp"
#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

void expect_whole_story(const std::vector<std::string>& arguments) {
  const TempDir directory("demo");
  std::vector<std::string> argv{built_program().string(), "demo"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const auto outcome = run({argv}, directory.path(), std::chrono::minutes(4));
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  EXPECT_NE(outcome.out.find("the whole story took"), std::string::npos) << outcome;
}

TEST(Demo, TellsTheWholeStoryOnAServerThatIsThere) {
  TIDEGATE_NEEDS_MONGODB(server, Access::open);
  expect_whole_story({"--uri", server->uri()});
}

TEST(Demo, TellsItOnPostgresqlAndLeavesNothingThere) {
  TIDEGATE_NEEDS_POSTGRESQL(server);
  expect_whole_story({"--engine", "postgresql", "--uri", server->uri()});
  auto admin = server->client();
  for (const auto* what : {"pg_database WHERE starts_with(datname, 'tidegate_demo_')",
                           "pg_roles WHERE starts_with(rolname, 'tidegate_demo_')"}) {
    EXPECT_EQ(admin.text(std::string("SELECT count(*) FROM ") + what), "0") << what;
  }
}

TEST(Demo, StartsAPostgresqlOfItsOwn) {
  TIDEGATE_NEEDS_POSTGRESQL(server);
  if (server->programs().empty()) GTEST_SKIP() << "the server is an external one";
  expect_whole_story({"--engine", "postgresql"});
}

}  // namespace
}  // namespace tidegate::test
