#include "engine/mongodb/access/grants.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/data.hpp"
#include "support/golden.hpp"

namespace tidegate::engine::mongodb {
namespace {

using test::Json;
using ::testing::HasSubstr;
using ::testing::Not;

Topology syrf() {
  Topology topology{DatabaseName("syrftest"),
                    DatabaseName("syrf_snapshot"),
                    NamePattern("syrf_pr_{number}"),
                    {},
                    {},
                    {}};
  topology.targets.emplace("staging", DatabaseName("syrf_staging"));
  return topology;
}

Json roles(std::initializer_list<std::pair<const char*, const char*>> list) {
  Json result = Json::array();
  for (const auto& [role, database] : list) {
    result.push_back(Json{{"role", role}, {"db", database}});
  }
  return result;
}

TEST(Grants, CreateExactlyTheUsersOfTheFlow) {
  const auto users = test::parse_grants(grants({syrf(), PullNumber::parse("42")}));
  ASSERT_EQ(users.size(), 3U);
  for (const auto& user : users) EXPECT_EQ(user.database, "admin");

  EXPECT_EQ(users[0].name, "snapshot-producer");
  EXPECT_EQ(
      users[0].statement.at("roles"),
      roles({{"read", "syrftest"}, {"readWrite", "syrf_snapshot"}, {"dbAdmin", "syrf_snapshot"}}));
  EXPECT_EQ(users[1].name, "syrf-pr-42-user");
  EXPECT_EQ(
      users[1].statement.at("roles"),
      roles({{"read", "syrf_snapshot"}, {"readWrite", "syrf_pr_42"}, {"dbAdmin", "syrf_pr_42"}}));
  EXPECT_EQ(users[2].name, "staging-filler");
  EXPECT_EQ(users[2].statement.at("roles"), roles({{"read", "syrf_snapshot"},
                                                   {"readWrite", "syrf_staging"},
                                                   {"dbAdmin", "syrf_staging"}}));
}

TEST(Grants, ReadAsOneWouldTypeThem) {
  test::expect_golden("grants-syrf.js", grants({syrf(), PullNumber::parse("42")}));
}

TEST(Grants, ShowPreviewOneAsAnExample) {
  EXPECT_THAT(grants({syrf(), std::nullopt}), HasSubstr("\"syrf-pr-1-user\""));
}

TEST(Grants, HoldNoPasswordAndSayWhatEachUserIsFor) {
  const auto text = grants({syrf(), std::nullopt});
  EXPECT_THAT(text, HasSubstr("\"pwd\": passwordPrompt()"));
  EXPECT_THAT(text, HasSubstr("// takes snapshots: reads production 'syrftest', fills the "
                              "snapshot 'syrf_snapshot'\n"));
}

TEST(Grants, GiveTheProducerNothingToWriteWithoutASnapshotDatabase) {
  auto topology = syrf();
  topology.snapshot.reset();
  topology.previews.reset();
  topology.targets.clear();
  const auto users = test::parse_grants(grants({topology, std::nullopt}));
  ASSERT_EQ(users.size(), 1U);
  EXPECT_EQ(users[0].statement.at("roles"), roles({{"read", "syrftest"}}));
}

TEST(Grants, ReadNoOtherCollectionsThanASnapshotThatNamesEach) {
  engine::GrantRequest request{syrf(), std::nullopt};
  request.selection = {{"pmStudy", "pmProject"}, {"pmProject"}};
  const auto text = grants(request);
  EXPECT_THAT(text, HasSubstr("createRole({\n  \"role\": \"syrftest-snapshot-reader\""));
  EXPECT_THAT(text, HasSubstr("{\"db\": \"syrftest\", \"collection\": \"pmStudy\"}, \"actions\": "
                              "[\"collStats\", \"find\", \"listIndexes\"]}"));
  EXPECT_THAT(text, HasSubstr("{\"db\": \"syrftest\", \"collection\": \"\"}, \"actions\": "
                              "[\"listCollections\"]}"));
  EXPECT_THAT(text, Not(HasSubstr("pmProject")));
  const auto users = test::parse_grants(text);
  ASSERT_FALSE(users.empty());
  EXPECT_EQ(users[0].statement.at("roles"), roles({{"syrftest-snapshot-reader", "admin"},
                                                   {"readWrite", "syrf_snapshot"},
                                                   {"dbAdmin", "syrf_snapshot"}}));
}

TEST(Grants, ReadTheWholeDatabaseWherePatternsChoose) {
  engine::GrantRequest request{syrf(), std::nullopt};
  for (const auto& selection :
       {Selection{{"pmStudy", "pm*"}, {}}, Selection{{}, {"pmStudy"}}, Selection{}}) {
    request.selection = selection;
    EXPECT_THAT(grants(request), Not(HasSubstr("createRole")));
  }
}

TEST(Grants, EscapeTargetsThatTryToBreakOut) {
  auto topology = syrf();
  topology.targets.clear();
  topology.targets.emplace("a\"b\nc", DatabaseName("d"));
  const auto text = grants({topology, std::nullopt});
  EXPECT_THAT(text, HasSubstr("\"a\\\"b\\nc-filler\""));
  EXPECT_THAT(text, Not(HasSubstr("\nc")));
}

}  // namespace
}  // namespace tidegate::engine::mongodb
