// Answers of a server that can no longer read production at the read timestamp: its history does
// not reach back to it, or the collection was replaced since. The stand-in never gives them; the
// relay does.

#include <gtest/gtest.h>

#include "support/program_flow.hpp"
#include "support/relay.hpp"

namespace tidegate::test {
namespace {

using Strings = std::vector<std::string>;

constexpr const char* k_copy = "$out";
constexpr const char* k_sum = "$bsonSize";
constexpr int k_snapshot_too_old = 239;

class History : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "history");
    make_small_production(flow_->admin(), flow_->production());
    flow_->expect(0, {"snapshot"});
    previous_ = flow_->image_of(flow_->snapshot());
    touch_production(flow_->admin(), flow_->production(), 1);
    const auto port = port_of(flow_->producer_uri());
    if (!port) GTEST_SKIP() << "more than one host";
    relay_ = std::make_unique<Relay>(*port);
    relay_->say_mongod();  // the stand-in only plays what is tested here
    environment_["PRODUCER_URI"] = by_way_of(*relay_, flow_->producer_uri());
  }

  Json snapshot() {
    const auto outcome = flow_->expect(0, {"snapshot", "--json", "--parallel", "1"}, environment_);
    EXPECT_EQ(relay_->refusals_left(), 0) << outcome;
    expect_equal();
    return Json::parse(outcome.out);
  }

  void expect_equal() {
    EXPECT_EQ(differences(flow_->image_of(flow_->production()), flow_->image_of(flow_->snapshot())),
              Strings());
    expect_no_leftovers();
  }
  void expect_untouched() {
    EXPECT_EQ(differences(previous_, flow_->image_of(flow_->snapshot())), Strings());
    expect_no_leftovers();
  }
  void expect_no_leftovers() { EXPECT_EQ(leftovers(flow_->admin(), flow_->snapshot()), Strings()); }

  std::unique_ptr<Flow> flow_;
  std::unique_ptr<Relay> relay_;
  DatabaseImage previous_;
  Environment environment_;
};

TEST_F(History, ThatIsOverLetsOneCollectionBeCopiedAtALaterMoment) {
  relay_->refuse(k_copy, k_snapshot_too_old);
  const auto metadata = snapshot();
  EXPECT_EQ(metadata.at("consistency"), "per-collection");
  EXPECT_EQ(metadata.at("verified"), "size");
}

TEST_F(History, ThatIsOverWhenItIsSummedUpLetsItBeCopiedAndSummedUpAtALaterMoment) {
  relay_->refuse(k_sum, k_snapshot_too_old);
  const auto metadata = snapshot();
  EXPECT_EQ(metadata.at("consistency"), "per-collection");
  EXPECT_EQ(metadata.at("verified"), "size");
}

TEST_F(History, ThatIsAlwaysOverLetsACollectionBeCopiedAsItIs) {
  relay_->refuse(k_copy, k_snapshot_too_old, 2);
  EXPECT_EQ(snapshot().at("consistency"), "per-collection");
}

TEST_F(History, ThatIsOverEndsARunThatRequiresOneMoment) {
  flow_->add_to_config("snapshot", "consistency: require");
  relay_->refuse(k_copy, k_snapshot_too_old);
  const auto outcome = flow_->expect(4, {"snapshot", "--parallel", "1"}, environment_);
  EXPECT_NE(outcome.err.find("minSnapshotHistoryWindowInSeconds"), std::string::npos) << outcome;
  expect_untouched();
}

TEST_F(History, OfACollectionThatIsAnotherSinceLetsTheCopyStartOver) {
  for (const int code : {26, 175, 246}) {
    touch_production(flow_->admin(), flow_->production(), code);
    relay_->refuse(k_copy, code);
    const auto metadata = snapshot();
    EXPECT_EQ(metadata.at("verified"), "size") << code;
    EXPECT_EQ(metadata.at("consistency"),
              flow_->server().faithful() ? "point-in-time" : metadata.at("consistency"))
        << code;
  }
}

TEST_F(History, OfACollectionThatIsAlwaysAnotherEndsTheRun) {
  relay_->refuse(k_copy, 246, 1'000);
  const auto outcome = flow_->expect(13, {"snapshot", "--retries", "0"}, environment_);
  EXPECT_NE(outcome.err.find("changed under each of"), std::string::npos) << outcome;
  expect_untouched();
}

TEST_F(History, OfACappedCollectionThatOverwritesWhatIsReadLetsItBeReadAnew) {
  constexpr int k_capped_position_lost = 136;
  flow_->admin().command(flow_->production(),
                         {{"create", "log"}, {"capped", true}, {"size", 100'000}});
  flow_->admin().insert(flow_->production(), "log", {{{"_id", 1}}, {{"_id", 2}}});
  relay_->refuse("$merge", k_capped_position_lost);
  snapshot();
}

TEST_F(History, OfAServerThatKnowsNoCommitQuorumLetsIndexesBeBuiltWithoutOne) {
  constexpr int k_bad_value = 2;
  relay_->refuse("commitQuorum", k_bad_value);
  snapshot();
}

TEST_F(History, OfOlderVersionsLeavesIndexesThatAreRefusedBeforeAnythingIsCopied) {
  constexpr int k_invalid_index_option = 197;
  Json latest = flow_->metadata(flow_->snapshot());
  auto& content = latest.at("contents").at(0);
  auto definition = Json::parse(content.at("definition").get<std::string>());
  definition.at("indexes").push_back({{"v", {{"$numberInt", "1"}}},
                                      {"key", {{"a", {{"$numberInt", "1"}}}}},
                                      {"name", "of_old"},
                                      {"safe", true}});
  flow_->admin().command(
      flow_->snapshot(),
      {{"update", "snapshot_metadata"},
       {"updates",
        Json::array({{{"q", {{"_id", "latest"}}},
                      {"u", {{"$set", {{"contents.0.definition", definition.dump()}}}}}}})}});
  environment_["PREVIEW_URI"] = by_way_of(*relay_, flow_->preview_uri(1));
  relay_->refuse("safe", k_invalid_index_option);
  const auto outcome = flow_->expect(4, {"restore", "pr-1"}, environment_);
  EXPECT_NE(outcome.err.find("would not build index 'of_old' of"), std::string::npos) << outcome;
  EXPECT_EQ(outcome.err.find("MB"), std::string::npos) << "something was copied:\n" << outcome;
}

TEST_F(History, OfASignInThatIsCutOffIsNoWrongPassword) {
  relay_->cut_at("saslContinue", Relay::Request::is_lost);
  environment_["PRODUCER_URI"] += "&serverSelectionTimeoutMS=500";
  const auto outcome = flow_->expect(8, {"snapshot", "--retries", "0"}, environment_);
  EXPECT_EQ(outcome.err.find("password"), std::string::npos) << outcome;
}

}  // namespace
}  // namespace tidegate::test
