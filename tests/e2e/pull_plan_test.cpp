// `pr plan`: offline, without any configuration file, one look after the other.

#include <gtest/gtest.h>

#include "support/places.hpp"
#include "support/program.hpp"

namespace tidegate::test {
namespace {

using Arguments = std::vector<std::string>;

class PullPlan : public ::testing::Test {
 protected:
  Outcome run(const Arguments& more, std::map<std::string, std::string> env = {}) {
    Command command{{built_program().string(), "pr", "plan", "42"}, std::move(env)};
    command.argv.insert(command.argv.end(), more.begin(), more.end());
    command.directory = directory_.path();
    return tidegate::test::run(command, directory_.path());
  }
  Json planned(Arguments more) {
    more.emplace_back("--json");
    const auto outcome = run(more);
    EXPECT_EQ(outcome.exit_code, 0) << outcome;
    return outcome.json();
  }
  TempDir directory_{"pull-plan"};
};

TEST_F(PullPlan, SaysWhatWouldBeDoneAsJson) {
  const auto plan = planned(
      {"--labels", "preview,use-snapshot,persist-db", "--commit", "c1", "--database", "seed"});
  EXPECT_EQ(plan.at("number"), 42);
  EXPECT_EQ(plan.at("action"), "none");
  EXPECT_EQ(plan.at("labels"), Json::parse(R"({"add": [], "remove": ["use-snapshot"]})"));
  EXPECT_EQ(plan.at("notices"), Json::parse(R"(["locked", "refused-add"])"));
  EXPECT_EQ(plan.at("locked"), true);
  EXPECT_EQ(plan.at("reason"),
            "locked by 'persist-db' and made of seed data: 'use-snapshot' is taken off again");
}

TEST_F(PullPlan, SaysNothingTwiceWhenItIsHandedWhatItSaid) {
  const Arguments again{"--labels", "preview,persist-db", "--commit", "c1", "--database", "seed"};
  const auto first = planned(again);
  EXPECT_EQ(first.at("notices"), Json::array({"locked"}));
  auto second = again;
  second.insert(second.end(), {"--said", first.at("said").dump()});
  EXPECT_EQ(planned(second).at("notices"), Json::array());
}

TEST_F(PullPlan, TakesNoLabelsAndNoCommitForAnAnswer) {
  const auto plan = planned({"--labels", "", "--commit", "", "--said", "", "--database", "none"});
  EXPECT_EQ(plan.at("action"), "none");
  EXPECT_EQ(plan.at("said"), Json::object());
}

TEST_F(PullPlan, IsForPeopleWithoutJson) {
  const auto outcome =
      run({"--state", "merged", "--labels", "persist-db", "--database", "snapshot"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(
      outcome.out,
      "pull request 42: nothing is done to the database\n"
      "  why       locked by 'persist-db' and filled from the snapshot: 'use-snapshot' is put "
      "back\n"
      "  locked    yes\n"
      "  label     'use-snapshot' is put back\n"
      "  comment   kept\n"
      "  comment   refused-remove\n");
}

TEST_F(PullPlan, CallsLabelsAsTheFileDoes) {
  directory_.write("tidegate.yaml",
                   "databases:\n  app:\n    engine: mongodb\n    production: {database: app}\n"
                   "    snapshot: {database: app_snapshot}\n"
                   "    previews: {database: 'app_{number}', refresh: on-label}\n"
                   "github: {labels: {preview: env, snapshot: real-data}}\n");
  EXPECT_EQ(planned({"--labels", "env,real-data", "--database", "none"}).at("action"), "fill");
  EXPECT_EQ(planned({"--labels", "preview", "--database", "seed"}).at("action"), "drop");
  EXPECT_EQ(
      planned({"--labels", "env", "--commit", "b", "--database", "seed", "--database-commit", "a"})
          .at("action"),
      "none");
}

}  // namespace
}  // namespace tidegate::test
