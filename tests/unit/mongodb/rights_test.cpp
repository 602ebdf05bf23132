#include "engine/mongodb/access/rights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::engine::mongodb {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<Privilege> held_by(const std::vector<Role>& roles) {
  std::vector<Privilege> all;
  for (const auto& role : roles) {
    const auto known = built_in(role);
    EXPECT_TRUE(known) << role.text();
    if (known) all.insert(all.end(), known->begin(), known->end());
  }
  return all;
}

struct Expected {
  const char* what;
  std::vector<Role> roles;
  const char* database;
  bool reads, fills, writes;
};

void PrintTo(const Expected& expected, std::ostream* out) {
  *out << expected.what << " on " << expected.database;
}

const std::vector<Role> k_producer{
    {"read", "syrftest"}, {"readWrite", "syrf_snapshot"}, {"dbAdmin", "syrf_snapshot"}};
const std::vector<Role> k_preview{
    {"read", "syrf_snapshot"}, {"readWrite", "syrf_pr_7"}, {"dbAdmin", "syrf_pr_7"}};

class Matrix : public ::testing::TestWithParam<Expected> {};

TEST_P(Matrix, SaysWhoMayDoWhat) {
  const auto& expected = GetParam();
  const auto held = held_by(expected.roles);
  const auto reading = evaluate(held, expected.database, Need::read);
  const auto filling = evaluate(held, expected.database, Need::write);
  EXPECT_EQ(reading.missing.empty(), expected.reads) << ::testing::PrintToString(reading.missing);
  EXPECT_EQ(filling.missing.empty(), expected.fills) << ::testing::PrintToString(filling.missing);
  EXPECT_EQ(!reading.writes.empty(), expected.writes) << ::testing::PrintToString(reading.writes);
}

INSTANTIATE_TEST_SUITE_P(
    Rights, Matrix,
    ::testing::Values(
        Expected{"producer", k_producer, "syrftest", true, false, false},
        Expected{"producer", k_producer, "syrf_snapshot", true, true, true},
        Expected{"producer", k_producer, "syrf_staging", false, false, false},
        Expected{"producer", k_producer, "syrf_pr_7", false, false, false},
        Expected{"preview user", k_preview, "syrftest", false, false, false},
        Expected{"preview user", k_preview, "syrf_snapshot", true, false, false},
        Expected{"preview user", k_preview, "syrf_pr_7", true, true, true},
        Expected{"preview user", k_preview, "syrf_pr_77", false, false, false},
        Expected{"writer", {{"readWrite", "p"}}, "p", true, false, true},
        Expected{"owner", {{"dbOwner", "p"}}, "p", true, true, true},
        Expected{"administrator without data", {{"dbAdmin", "p"}}, "p", false, false, true},
        Expected{"who grants rights there", {{"userAdmin", "p"}}, "p", false, false, true},
        Expected{"who grants rights elsewhere", {{"userAdmin", "q"}}, "p", false, false, false},
        Expected{"who grants rights in admin", {{"userAdmin", "admin"}}, "p", false, false, true},
        Expected{"reader of all", {{"readAnyDatabase", "admin"}}, "p", true, false, false},
        Expected{"writer of all", {{"readWriteAnyDatabase", "admin"}}, "p", true, false, true},
        Expected{"cluster's administrator", {{"clusterAdmin", "admin"}}, "p", false, false, true},
        Expected{"monitor", {{"clusterMonitor", "admin"}}, "p", false, false, false},
        Expected{"backup", {{"backup", "admin"}}, "p", false, false, false},
        Expected{"root", {{"root", "admin"}}, "p", true, true, true},
        Expected{"the system itself", {{"__system", "admin"}}, "p", true, true, true},
        Expected{"user without roles", {}, "p", false, false, false}));

TEST(Rights, AreNamedWithTheirDatabaseWhereTheyAreMissing) {
  const auto held = held_by({{"readWrite", "snap"}});
  EXPECT_THAT(evaluate(held, "snap", Need::write).missing,
              ElementsAre("collMod on 'snap'", "bypassDocumentValidation on 'snap'"));
}

TEST(Rights, OnOneCollectionAreNotRightsOnTheDatabaseButCanChangeIt) {
  const std::vector<Privilege> held{{"p", "users", false, false, {"find", "insert"}}};
  const auto found = evaluate(held, "p", Need::read);
  EXPECT_THAT(found.missing, Contains("find on 'p'"));
  EXPECT_THAT(found.writes, ElementsAre("insert"));
}

TEST(Rights, OnSingleCollectionsAreEnoughToReadThose) {
  const std::vector<Privilege> held{{"p", "", false, false, {"listCollections"}},
                                    {"p", "a", false, false, {"find", "collStats", "listIndexes"}},
                                    {"", "b", false, false, {"find", "collStats", "listIndexes"}},
                                    {"q", "c", false, false, {"find", "collStats", "listIndexes"}}};
  EXPECT_THAT(missing_to_read(held, "p", {"a", "b"}), IsEmpty());
  EXPECT_THAT(missing_to_read(held, "p", {"a", "c"}),
              ElementsAre("find on 'p.c'", "listIndexes on 'p.c'", "collStats on 'p.c'"));
  EXPECT_THAT(missing_to_read(held_by({{"read", "p"}}), "p", {"a", "z"}), IsEmpty());
  const std::vector<Privilege> unlisted{{"p", "a", false, false, {"anyAction"}}};
  EXPECT_THAT(missing_to_read(unlisted, "p", {"a"}), ElementsAre("listCollections on 'p'"));
}

TEST(Rights, OnACollectionOfThatNameInAnyDatabaseCanChangeIt) {
  const std::vector<Privilege> held{{"", "users", false, false, {"remove"}}};
  EXPECT_THAT(evaluate(held, "p", Need::read).writes, ElementsAre("remove"));
}

TEST(Rights, OnTheClusterAreNotRightsOnADatabase) {
  const std::vector<Privilege> held{{"", "", false, true, {"find", "insert", "grantRole"}}};
  const auto found = evaluate(held, "p", Need::read);
  EXPECT_THAT(found.writes, IsEmpty());
  EXPECT_THAT(found.missing, Contains("find on 'p'"));
}

TEST(Rights, OnAnyResourceAreRightsOnEverything) {
  const std::vector<Privilege> held{{"", "", true, false, {"insert"}}};
  EXPECT_THAT(evaluate(held, "p", Need::read).writes, ElementsAre("insert"));
}

TEST(Rights, OfAnyActionAreRightsToEverything) {
  const std::vector<Privilege> one_database{{"syrftest", "", false, false, {"anyAction"}}};
  const auto there = evaluate(one_database, "syrftest", Need::write);
  EXPECT_THAT(there.missing, IsEmpty());
  EXPECT_THAT(there.writes, Contains("insert"));
  EXPECT_THAT(there.writes, Contains("grantRole on 'syrftest'"));
  EXPECT_THAT(evaluate(one_database, "syrf_snapshot", Need::write).writes, IsEmpty());
  const std::vector<Privilege> everywhere{{"", "", true, false, {"anyAction"}}};
  EXPECT_THAT(evaluate(everywhere, "syrftest", Need::read).missing, IsEmpty());
  EXPECT_THAT(evaluate(everywhere, "syrftest", Need::read).writes, Contains("dropDatabase"));
}

TEST(Rights, LetACollectionBeRenamedByPieces) {
  const std::vector<Privilege> pieces{
      {"p", "", false, false, {"find", "dropCollection", "insert", "createIndex"}}};
  EXPECT_THAT(evaluate(pieces, "p", Need::write).missing,
              Not(Contains(HasSubstr("renameCollection"))));
  const std::vector<Privilege> fewer{{"p", "", false, false, {"find", "insert", "createIndex"}}};
  EXPECT_THAT(evaluate(fewer, "p", Need::write).missing, Contains("renameCollectionSameDB on 'p'"));
}

TEST(Rights, NameTheRolesThatWrite) {
  const std::vector<Role> roles{{"read", "p"}, {"readWrite", "p"}, {"dbAdmin", "q"}};
  const auto writes = evaluate(held_by(roles), "p", Need::read).writes;
  EXPECT_THAT(writing_roles(roles, "p", writes), ElementsAre("readWrite@p"));
}

TEST(Rights, NameTheOnlyRoleThatIsNotBuiltInWhenTheOthersDoNotExplainTheWrites) {
  EXPECT_THAT(writing_roles({{"read", "p"}, {"mine", "p"}}, "p", {"insert"}),
              ElementsAre("mine@p"));
  EXPECT_THAT(writing_roles({{"mine", "p"}, {"yours", "p"}}, "p", {"insert"}), IsEmpty());
  EXPECT_THAT(writing_roles({{"readWrite", "p"}, {"mine", "p"}}, "p", {"insert"}),
              ElementsAre("readWrite@p"));
}

TEST(Rights, DoNotGuessAtRolesThatAreNotBuiltIn) {
  EXPECT_FALSE(built_in({"mine", "p"}));
  EXPECT_FALSE(built_in({"root", "p"})) << "root is a role of admin";
}

TEST(Privileges, AreReadAsTheServerTellsThem) {
  const auto reply = Bson::from_json(R"({"p": [
    {"resource": {"db": "snap", "collection": ""}, "actions": ["find", "insert"]},
    {"resource": {"cluster": true}, "actions": ["killop"]},
    {"resource": {"anyResource": true}, "actions": ["find"]},
    {"resource": {"db": "snap", "system_buckets": "x"}, "actions": ["insert"]}]})");
  const auto read = read_privileges(reply.documents("p"));
  ASSERT_EQ(read.size(), 3U);
  EXPECT_EQ(read[0].database, "snap");
  EXPECT_THAT(read[0].actions, ElementsAre("find", "insert"));
  EXPECT_TRUE(read[1].cluster);
  EXPECT_TRUE(read[2].any_resource);
}

}  // namespace
}  // namespace tidegate::engine::mongodb
