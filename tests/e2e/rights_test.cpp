// Rights of the users that `check --grants` prints, and what they and the program refuse.

#include <gtest/gtest.h>

#include <thread>

#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

constexpr int k_unauthorized = 13;

class Rights : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "rights");
    make_small_production(flow_->admin(), flow_->production());
    production_ = fingerprint(flow_->image_of(flow_->production()));
  }
  void TearDown() override {
    if (!flow_) return;
    EXPECT_EQ(fingerprint(flow_->image_of(flow_->production())), production_)
        << "production was changed";
  }

  /// The codes of reading, inserting, dropping and renaming there.
  std::vector<int> codes(const std::string& uri, const std::string& database) {
    TestClient client(uri);
    return {
        client.code_of(database, {{"find", "pmStudy"}}),
        client.code_of(database, {{"insert", "x"}, {"documents", Json::array({Json{{"_id", 1}}})}}),
        client.code_of(database, {{"drop", "pmStudy"}}),
        client.code_of("admin",
                       {{"renameCollection", database + ".pmStudy"}, {"to", database + ".gone"}})};
  }

  /// A user made for this test, with these roles.
  std::string uri_of_new_user(const std::string& name, const Json& roles) {
    const auto user = flow_->snapshot() + "-" + name;
    const auto password = std::string(Flow::k_mark) + name;
    create_user(flow_->admin(), user, password, roles);
    return flow_->server().uri_as(user, password);
  }

  static Json role(const std::string& name, const std::string& database) {
    return {{"role", name}, {"db", database}};
  }

  std::unique_ptr<Flow> flow_;
  std::string production_;
};

TEST_F(Rights, OfTheProducerEndAtProduction) {
  EXPECT_EQ(codes(flow_->producer_uri(), flow_->production()),
            (std::vector<int>{0, k_unauthorized, k_unauthorized, k_unauthorized}));
  EXPECT_EQ(codes(flow_->producer_uri(), flow_->preview(1)),
            (std::vector<int>{k_unauthorized, k_unauthorized, k_unauthorized, k_unauthorized}));
}

TEST_F(Rights, OfAPreviewAreItsOwnDatabaseAndReadingTheSnapshot) {
  flow_->expect(0, {"snapshot"});
  const auto uri = flow_->preview_uri(1);
  const std::vector<int> nothing(4, k_unauthorized);
  EXPECT_EQ(codes(uri, flow_->production()), nothing);
  EXPECT_EQ(codes(uri, flow_->preview(2)), nothing);
  EXPECT_EQ(codes(uri, flow_->staging()), nothing);
  EXPECT_EQ(codes(uri, flow_->snapshot()),
            (std::vector<int>{0, k_unauthorized, k_unauthorized, k_unauthorized}));
}

TEST_F(Rights, ArePrintedForEveryoneWhoNeedsThemAndForNothingElse) {
  for (const auto& user : flow_->printed()) {
    for (const auto& granted : user.statement.at("roles")) {
      if (!granted.is_object()) continue;
      const auto database = granted.at("db").get<std::string>();
      const auto name = granted.at("role").get<std::string>();
      if (database == flow_->production()) {
        EXPECT_EQ(name, "read");
      }
      EXPECT_EQ(name.find("AnyDatabase"), std::string::npos);
      EXPECT_NE(name, "root");
    }
  }
}

TEST_F(Rights, OfThePreviewDoNotTakeASnapshot) {
  const auto outcome = flow_->expect(9, {"snapshot"}, {{"PRODUCER_URI", flow_->preview_uri(1)}});
  EXPECT_NE(outcome.err.find(flow_->production()), std::string::npos) << outcome;
}

TEST_F(Rights, OfAnotherPreviewDoNotFillOrDropThisOne) {
  flow_->expect(0, {"snapshot"});
  flow_->expect(0, {"restore", "pr-1"});
  const auto before = fingerprint(flow_->image_of(flow_->preview(1)));
  const Environment other = {{"PREVIEW_URI", flow_->preview_uri(2)}};
  const auto refused = flow_->expect(9, {"restore", "pr-1"}, other);
  EXPECT_NE(refused.err.find(flow_->preview(1)), std::string::npos) << refused;
  flow_->expect(9, {"drop", "pr-1"}, other);
  flow_->expect(9, {"restore", "pr-1"}, {{"PREVIEW_URI", flow_->producer_uri()}});
  EXPECT_EQ(fingerprint(flow_->image_of(flow_->preview(1))), before);
}

TEST_F(Rights, OfAUserWhoCouldWriteProductionAreTooMany) {
  const auto uri = uri_of_new_user("mighty", Json::array({role("readWrite", flow_->production()),
                                                          role("readWrite", flow_->snapshot()),
                                                          role("dbAdmin", flow_->snapshot())}));
  const Environment mighty = {{"PRODUCER_URI", uri}};
  const auto refused = flow_->expect(4, {"snapshot"}, mighty);
  EXPECT_NE(refused.err.find("allow_write_access"), std::string::npos) << refused;
  EXPECT_TRUE(flow_->metadata(flow_->snapshot()).is_null());
  const auto check = flow_->expect(4, {"check", "--json"}, mighty).json();
  EXPECT_TRUE(std::any_of(check.at("checks").begin(), check.at("checks").end(),
                          [](const Json& each) { return each.at("result") == "failed"; }))
      << check.dump(2);
  flow_->add_to_config("production", "allow_write_access: true");
  flow_->expect(0, {"snapshot"}, mighty);
}

TEST_F(Rights, OfAnAdministratorAreTooMany) {
  flow_->expect(4, {"snapshot"}, {{"PRODUCER_URI", flow_->server().uri()}});
  flow_->expect(0, {"snapshot"});
  flow_->expect(4, {"restore", "pr-1"}, {{"PREVIEW_URI", flow_->server().uri()}});
  EXPECT_TRUE(flow_->metadata(flow_->preview(1)).is_null());
}

TEST_F(Rights, ThatAreMissingAreNamed) {
  const auto uri = uri_of_new_user(
      "poor", Json::array({role("read", flow_->production()), role("read", flow_->snapshot())}));
  const auto refused = flow_->expect(9, {"snapshot"}, {{"PRODUCER_URI", uri}});
  EXPECT_NE(refused.err.find("insert"), std::string::npos) << refused;
  EXPECT_NE(refused.err.find(flow_->snapshot()), std::string::npos) << refused;
}

TEST_F(Rights, OnSingleCollectionsAreEnoughWhereTheSnapshotNamesEach) {
  const auto name = flow_->snapshot() + "-reader";
  const Json of_all = {{"resource", {{"db", flow_->production()}, {"collection", ""}}},
                       {"actions", Json::array({"listCollections"})}};
  const Json of_one = {{"resource", {{"db", flow_->production()}, {"collection", "pmStudy"}}},
                       {"actions", Json::array({"find", "collStats", "listIndexes"})}};
  flow_->admin().command("admin", {{"createRole", name},
                                   {"privileges", Json::array({of_all, of_one})},
                                   {"roles", Json::array()}});
  const auto uri = uri_of_new_user(
      "narrow", Json::array({role(name, "admin"), role("readWrite", flow_->snapshot()),
                             role("dbAdmin", flow_->snapshot())}));
  const Environment narrow = {{"PRODUCER_URI", uri}};
  flow_->expect(9, {"snapshot"}, narrow);
  flow_->add_to_config("snapshot", "include: [pmStudy]");
  flow_->expect(0, {"check"}, narrow);
  flow_->expect(0, {"snapshot"}, narrow);
  EXPECT_EQ(flow_->metadata(flow_->snapshot()).at("collections"), Json::array({"pmStudy"}));
  flow_->admin().command("admin", {{"dropRole", name}});
}

TEST_F(Rights, ThatArriveALittleLaterAreWaitedFor) {
  flow_->expect(0, {"snapshot"});
  const auto uri = uri_of_new_user("late", Json::array({role("readWrite", flow_->preview(1)),
                                                        role("dbAdmin", flow_->preview(1))}));
  const Environment late = {{"PREVIEW_URI", uri}};
  flow_->expect(9, {"restore", "pr-1"}, late);
  const std::jthread grant([this] {
    std::this_thread::sleep_for(3s);
    TestClient(flow_->server().uri())
        .command("admin", {{"grantRolesToUser", flow_->snapshot() + "-late"},
                           {"roles", Json::array({role("read", flow_->snapshot())})}});
  });
  const auto filled = flow_->expect(0, {"restore", "pr-1", "--sign-in-wait", "1m"}, late);
  EXPECT_NE(filled.err.find("takes a while to arrive"), std::string::npos) << filled;
  EXPECT_EQ(fingerprint(flow_->image_of(flow_->preview(1))), production_);
}

TEST_F(Rights, ThatAreMissingAreRecordedInThePreviewUntilItIsFilled) {
  flow_->expect(0, {"snapshot"});
  flow_->expect(0, {"restore", "pr-1"});
  const auto before = flow_->metadata(flow_->preview(1));
  const auto uri = uri_of_new_user("few", Json::array({role("readWrite", flow_->preview(1)),
                                                       role("dbAdmin", flow_->preview(1))}));
  flow_->expect(9, {"restore", "pr-1", "--commit", "4be1c02"}, {{"PREVIEW_URI", uri}});
  const auto after = flow_->metadata(flow_->preview(1));
  EXPECT_EQ(after.at("run"), before.at("run"));
  const auto& failure = after.at("lastFailure");
  EXPECT_EQ(failure.at("kind"), "permission");
  EXPECT_EQ(failure.at("commit"), "4be1c02");
  EXPECT_TRUE(failure.at("at").contains("$date")) << failure.dump();
  EXPECT_NE(failure.at("message").get<std::string>().find(flow_->snapshot()), std::string::npos);
  flow_->expect(0, {"restore", "pr-1"});
  EXPECT_FALSE(flow_->metadata(flow_->preview(1)).contains("lastFailure"));
}

TEST_F(Rights, OfAWrongPasswordAreNone) {
  const auto uri = flow_->server().uri_as(flow_->snapshot() + "-producer", "not this one");
  const auto refused = flow_->expect(9, {"snapshot"}, {{"PRODUCER_URI", uri}});
  EXPECT_EQ(refused.err.find("not this one"), std::string::npos) << refused;
}

TEST_F(Rights, AreFoundGoodByCheck) {
  const auto before_any = flow_->expect(0, {"check", "--json"}).json();
  for (const auto& each : before_any.at("checks")) {
    for (const char* field : {"name", "database", "result", "message", "hint"}) {
      EXPECT_TRUE(each.contains(field)) << each.dump();
    }
    EXPECT_NE(each.at("result"), "failed") << each.dump();
  }
}

TEST_F(Rights, CheckListsWhatTheServerMustBeCapableOf) {
  const auto checks = flow_->expect(0, {"check", "--json"}).json().at("checks");
  const auto row = std::find_if(checks.begin(), checks.end(),
                                [](const Json& each) { return each.at("name") == "capabilities"; });
  ASSERT_NE(row, checks.end()) << checks.dump(2);
  const auto& list = row->at("capabilities");
  EXPECT_EQ(list.size(), 11U);
  for (const auto& each : list) {
    const auto state = each.at("state").get<std::string>();
    EXPECT_TRUE(state == "ok" || state == "fallback" || state == "unproven") << each.dump();
    EXPECT_EQ(each.at("note").get<std::string>().empty(), state == "ok") << each.dump();
  }
  const auto text = flow_->expect(0, {"check"}).out;
  EXPECT_NE(text.find("of 11"), std::string::npos) << text;
}

TEST_F(Rights, CanBeGivenAsUserAndPasswordBesideTheUri) {
  auto text = flow_->config();
  const std::string key = "uri: ${PRODUCER_URI}";
  text.replace(text.find(key), key.size(),
               "uri: ${BARE_URI}\n      username: ${NAME}\n      password: ${PASSWORD}");
  flow_->set_config(text);
  auto bare = flow_->producer_uri();
  const auto host = bare.find("://") + 3;
  bare.erase(host, bare.find('@') + 1 - host);
  flow_->expect(0, {"snapshot"},
                {{"BARE_URI", bare},
                 {"NAME", flow_->snapshot() + "-producer"},
                 {"PASSWORD", std::string(Flow::k_mark) + "-producer"}});
}

}  // namespace
}  // namespace tidegate::test
