// The demo is the first thing that a newcomer sees: it checks itself as it goes.

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "support/postgres_server.hpp"
#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

void expect_whole_story(const std::vector<std::string>& arguments,
                        const std::map<std::string, std::string>& environment = {}) {
  const TempDir directory("demo");
  std::vector<std::string> argv{built_program().string(), "demo"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const auto outcome = run({argv, environment}, directory.path(), std::chrono::minutes(4));
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  EXPECT_NE(outcome.out.find("the whole story took"), std::string::npos) << outcome;
}

/// On the one server that it finds, which it starts itself.
void expect_whole_story_on(const std::string& program) {
  const auto installed = MongoServer::installed(program);
  if (!installed) {
    if (MongoServer::required(program)) FAIL() << program << " is required, and not installed";
    GTEST_SKIP() << program << " is not installed ('./dev test' installs secantusd-rs and -py)";
  }
  const TempDir alone("alone");
  std::filesystem::create_symlink(*installed, alone.path() / program);
  expect_whole_story({},
                     {{"PATH", alone.path().string()}, {"XDG_CACHE_HOME", alone.path().string()}});
}

TEST(Demo, StartsAMongod) { expect_whole_story_on("mongod"); }
TEST(Demo, StartsASecantusdInRust) { expect_whole_story_on("secantusd-rs"); }
TEST(Demo, StartsASecantusdInPython) { expect_whole_story_on("secantusd-py"); }

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
