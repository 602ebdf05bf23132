// The same engine on every server that `./dev demo` may choose, and on servers that lack what the
// engine relies on: with a fallback, or refused by name before anything is written.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "engine/mongodb/mongodb.hpp"
#include "support/engine_contract.hpp"
#include "support/mongodb_under_test.hpp"
#include "support/relay.hpp"

namespace tidegate::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* k_metadata = "snapshot_metadata";
constexpr int k_internal_error = 1;
constexpr int k_command_not_supported = 115;
constexpr int k_stage_not_supported = 304;

/// The name of a command at the head of a request.
std::string command_named(const std::string& name) { return name + '\0'; }

class MongodbServer : public EngineContract {
 protected:
  void SetUp() override {
    const auto& program = GetParam().name;
    mongo_ = MongoServer::of(program);
    if (mongo_ == nullptr && MongoServer::required(program)) {
      FAIL() << program << " is required, and not installed";
    }
    EngineContract::SetUp();
    if (mongo_ != nullptr) relay_ = std::make_unique<Relay>(*port_of(mongo_->uri()));
  }

  MongoServer& mongo() { return *mongo_; }
  Relay& relay() { return *relay_; }
  /// Whether it is MongoDB's own: nothing is probed there, and it lacks nothing.
  bool is_genuine() const { return GetParam().name == "mongod"; }

  /// An engine that speaks to the server by way of the relay.
  std::unique_ptr<engine::Engine> connect_by_relay() {
    Endpoint endpoint;
    endpoint.uri = Secret(by_way_of(relay(), mongo().uri()));
    endpoint.origin = "the test";
    return engine::mongodb::kind().connect(endpoint, k_metadata);
  }

  engine::Capability capability(engine::Engine& engine, const std::string& name) {
    WitnessedRun witnessed(server->clock());
    for (auto& each : engine.capabilities(witnessed.run).relied_on) {
      if (each.name == name) return each;
    }
    return {"missing in the list", engine::Capability::State::refused, name};
  }

  /// Publishes production as the snapshot; `before_publish` is called when everything is staged.
  void publish_snapshot(engine::Engine& engine, WitnessedRun& witnessed,
                        const std::function<void()>& before_publish) {
    auto& run = witnessed.run;
    const auto lease = engine.lease(run, Gate(topology()).snapshot(name_of("snapshot")), {});
    const auto items = engine.inspect(run, name_of("production")).items;
    const auto staged =
        engine.stage(run, {name_of("production"), items, {}, ConsistencyWish::prefer, 2}, *lease);
    const auto report = engine.verify(run, *staged, *lease);
    EXPECT_TRUE(report.equal());
    auto metadata = *engine.metadata(run, name_of("snapshot"));
    metadata.run = run.id();
    metadata.contents = report.contents;
    metadata.collections.clear();
    for (const auto& each : report.contents) metadata.collections.push_back(each.name);
    before_publish();
    engine.publish(run, *staged, metadata, *lease);
  }

  std::vector<std::string> leftovers_of(const std::string& target) {
    auto client = mongo().client();
    return leftovers(client, name_of(target).text());
  }

  /// Of what it has recovered; takes the snapshot's lease and gives it back.
  void expect_next_holder_to_say(const std::string& words) {
    const auto next = server->connect();
    WitnessedRun witnessed(server->clock());
    const auto lease =
        next->lease(witnessed.run, Gate(topology()).snapshot(name_of("snapshot")), {});
    EXPECT_THAT(lease->recovered(), Contains(HasSubstr(words)));
  }

  void expect_refused_by_name(const std::string& name) {
    const auto engine = connect_by_relay();
    try {
      take(*engine);
      ADD_FAILURE() << "the snapshot was taken without " << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::refused) << error.message();
      EXPECT_THAT(error.message(), HasSubstr("'" + name + "'"));
    }
    EXPECT_EQ(read("production"), first_data());
    EXPECT_EQ(read("snapshot"), Data{});
    EXPECT_THAT(leftovers_of("production"), IsEmpty());
  }

 private:
  MongoServer* mongo_ = nullptr;
  std::unique_ptr<Relay> relay_;
};

TEST_P(MongodbServer, FillsRefreshesWithARemovedCollectionAndDrops) {
  const auto engine = server->connect();
  take(*engine);
  fill(*engine, "pr-1");
  EXPECT_EQ(read("pr-1"), first_data());
  load_production(second_data());
  take(*engine);
  EXPECT_EQ(read("snapshot"), second_data());
  fill(*engine, "pr-1");
  EXPECT_EQ(read("pr-1"), second_data());
  EXPECT_TRUE(audit(*engine, "snapshot").report.equal());
  EXPECT_TRUE(audit(*engine, "pr-1").report.equal());
  EXPECT_THAT(leftovers_of("snapshot"), IsEmpty());
  EXPECT_THAT(leftovers_of("pr-1"), IsEmpty());
  EXPECT_EQ(drop(*engine, "pr-1").outcome, preview::DropOutcome::dropped);
  EXPECT_FALSE(inspect("pr-1").exists);
}

TEST_P(MongodbServer, KeepsValidatorsAndIndexes) {
  auto client = mongo().client();
  const auto production = name_of("production").text();
  client.command(production, {{"collMod", "pmProject"},
                              {"validator", {{"text", {{"$exists", true}}}}},
                              {"validationLevel", "moderate"},
                              {"validationAction", "error"}});
  take();
  fill("pr-1");
  for (const auto* target : {"snapshot", "pr-1"}) {
    const auto found = image(client, name_of(target).text());
    EXPECT_THAT(differences(image(client, production), found), IsEmpty()) << target;
    EXPECT_TRUE(audit(bystander(), target).report.equal()) << target;
  }
  fill("pr-1");  // in which everything is left in place, or copied again
  EXPECT_THAT(differences(image(client, production), image(client, name_of("pr-1").text())),
              IsEmpty());
}

TEST_P(MongodbServer, KeepsOtherOptionsOrRefusesThemByName) {
  auto client = mongo().client();
  const auto production = name_of("production").text();
  client.command(production, {{"create", "byLanguage"}, {"collation", {{"locale", "de"}}}});
  client.insert(production, "byLanguage", {{{"_id", "1"}, {"text", "one"}}});
  const auto engine = server->connect();
  try {
    take(*engine);
    EXPECT_THAT(differences(image(client, production), image(client, name_of("snapshot").text())),
                IsEmpty());
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::refused);
    EXPECT_THAT(error.message(), HasSubstr("'rename-keeps-options'"));
    EXPECT_THAT(error.message(), HasSubstr("'byLanguage' (collation)"));
    EXPECT_EQ(capability(*engine, "rename-keeps-options").state,
              engine::Capability::State::fallback);
    EXPECT_EQ(read("snapshot"), Data{});
  }
}

TEST_P(MongodbServer, FinishesAPublishThatStoppedBeforeItsRemovals) {
  take();
  load_production(second_data());
  {
    const auto engine = connect_by_relay();
    WitnessedRun witnessed(server->clock());
    EXPECT_THROW(publish_snapshot(*engine, witnessed,
                                  [&] { relay().refuse(command_named("drop"), k_internal_error); }),
                 Error);
    EXPECT_EQ(relay().refusals_left(), 0) << "nothing was dropped";
  }
  expect_next_holder_to_say("that is finished now");
  EXPECT_EQ(read("snapshot"), second_data());
  EXPECT_EQ(inspect("snapshot").metadata->status, Status::complete);
  EXPECT_THAT(leftovers_of("snapshot"), IsEmpty());
  fill("pr-1");  // finds each collection by the UUID that was recorded
  EXPECT_EQ(read("pr-1"), second_data());
}

TEST_P(MongodbServer, FinishesAPublishThatStoppedBetweenTwoRenames) {
  take();
  load_production(second_data());
  {
    const auto engine = connect_by_relay();
    WitnessedRun witnessed(server->clock());
    const auto name = "pmProject";  // not the first, since the largest come first
    EXPECT_THROW(publish_snapshot(*engine, witnessed,
                                  [&] {
                                    relay().refuse(name_of("snapshot").text() + "." + name + '\0',
                                                   k_internal_error);
                                  }),
                 Error);
    EXPECT_EQ(relay().refusals_left(), 0);
  }
  expect_next_holder_to_say("that is finished now");
  EXPECT_EQ(read("snapshot"), second_data());
  EXPECT_EQ(inspect("snapshot").metadata->status, Status::complete);
}

TEST_P(MongodbServer, SaysIncompleteWhenStagingIsLostAfterTheCommitPoint) {
  take();
  load_production(second_data());
  {
    const auto engine = connect_by_relay();
    WitnessedRun witnessed(server->clock());
    EXPECT_THROW(publish_snapshot(
                     *engine, witnessed,
                     [&] { relay().refuse(command_named("renameCollection"), k_internal_error); }),
                 Error);
  }
  auto client = mongo().client();
  for (const auto& each : leftovers_of("snapshot")) {
    client.drop_collection(name_of("snapshot").text(), each);
  }
  expect_next_holder_to_say("is lost");
  EXPECT_NE(inspect("snapshot").metadata->status, Status::complete);
  take();
  EXPECT_EQ(read("snapshot"), second_data());
}

TEST_P(MongodbServer, LeavesAndNamesACollectionThatWasReplacedBeforeItsRemoval) {
  const auto engine = connect_by_relay();
  take(*engine);
  load_production(second_data());
  if (capability(*engine, "rename-keeps-uuid").state == engine::Capability::State::fallback) {
    GTEST_SKIP() << "nothing is moved aside here";
  }
  const auto snapshot = name_of("snapshot").text();
  const auto source = snapshot + ".pmStudy";
  std::string length(4, '\0');
  const auto bytes = static_cast<std::uint32_t>(source.size() + 1);
  std::memcpy(length.data(), &bytes, length.size());
  WitnessedRun witnessed(server->clock());
  std::thread replace([&] {
    if (!eventually([&] { return relay().holds(); }, 60s)) return;
    auto client = mongo().client();
    client.drop_collection(snapshot, "pmStudy");
    client.insert(snapshot, "pmStudy", {{{"_id", "new"}, {"text", "of another client"}}});
    relay().release();
  });
  publish_snapshot(*engine, witnessed, [&] {
    relay().hold(command_named("renameCollection") + length + source + '\0');
  });
  replace.join();
  auto expected = second_data();
  expected["pmStudy"] = {{"new", "of another client"}};
  EXPECT_EQ(read("snapshot"), expected);
  EXPECT_THAT(witnessed.lines, Contains(HasSubstr("pmStudy' was to be removed and was left")));
  EXPECT_THAT(leftovers_of("snapshot"), IsEmpty());
}

TEST_P(MongodbServer, ListsCollectionsInProportionToWhatItDrops) {
  take();
  auto client = mongo().client();
  const auto listings = [&](int collections) {
    fill("pr-1");
    for (int i = 0; i < collections; ++i) {
      client.command(name_of("pr-1").text(), {{"create", "extra" + std::to_string(i)}});
    }
    const auto engine = connect_by_relay();
    relay().count(command_named("listCollections"));
    EXPECT_EQ(drop(*engine, "pr-1").outcome, preview::DropOutcome::dropped);
    EXPECT_FALSE(inspect("pr-1").exists);
    return relay().counted();
  };
  const int few = 120;  // more than one reply holds (101), so that both runs ask for a second one
  const auto of_few = listings(few);
  EXPECT_LE(listings(few + 128) - of_few, 4);  // two for each batch of 64
}

TEST_P(MongodbServer, ListsCollectionsEquallyOftenHoweverManyItCopiesAndPublishes) {
  const auto engine = connect_by_relay();
  const auto listings = [&](int collections) {
    auto data = first_data();
    for (int i = 0; i < collections; ++i) {
      data["extra" + std::to_string(i)] = {{"1", std::to_string(collections)}};
    }
    load_production(data);
    relay().count(command_named("listCollections"));
    take(*engine);
    fill(*engine, "pr-1");
    EXPECT_EQ(read("pr-1"), data);
    return relay().counted();
  };
  listings(1);  // in which the server is probed
  const auto of_few = listings(5);
  // Progress is watched by listings, too, four times a second.
  EXPECT_LE(listings(45) - of_few, 20);
}

TEST_P(MongodbServer, IsProbedOnceAConnectionAndNotAtAllWhereItIsMongoDBsOwn) {
  const auto engine = connect_by_relay();
  relay().count("validator");  // no collection here has one
  take(*engine);
  const auto first = relay().counted();
  if (is_genuine()) {
    EXPECT_EQ(first, 0);
  } else {
    EXPECT_GT(first, 0);
  }
  fill(*engine, "pr-1");
  take(*engine);
  EXPECT_EQ(relay().counted(), first);
  for (const auto* name :
       {"update-by-pipeline", "copy-to-database", "collection-uuid", "rename-over",
        "rename-keeps-uuid", "rename-keeps-options", "out-keeps-options", "read-timestamp"}) {
    EXPECT_NE(capability(*engine, name).state, engine::Capability::State::unproven) << name;
    EXPECT_NE(capability(*engine, name).state, engine::Capability::State::refused) << name;
  }
}

TEST_P(MongodbServer, IsAskedForNothingThatWritesBeforeALeaseIsTaken) {
  const auto engine = server->connect();
  EXPECT_EQ(capability(*engine, "rename-keeps-uuid").state,
            is_genuine() ? engine::Capability::State::ok : engine::Capability::State::unproven);
  EXPECT_FALSE(inspect("snapshot").exists);
}

TEST_P(MongodbServer, IsNotSaidToBeReadAtOneMomentWhereItIgnoresTheTime) {
  auto client = mongo().client();
  const auto production = name_of("production").text();
  const auto time = client.command("admin", {{"hello", 1}}).at("operationTime");
  client.insert(production, "pmProject", {{{"_id", "later"}, {"text", "later"}}});
  const auto found = client.command(
      production, {{"find", "pmProject"},
                   {"filter", {{"_id", "later"}}},
                   {"readConcern", {{"level", "snapshot"}, {"atClusterTime", time}}}});
  const bool keeps = found.at("cursor").at("firstBatch").empty();
  EXPECT_EQ(take().consistency, keeps ? Consistency::point_in_time : Consistency::per_collection);
}

TEST_P(MongodbServer, WithoutRenamesIsRefusedByName) {
  if (is_genuine()) GTEST_SKIP() << "MongoDB's own server is not probed";
  relay().refuse(command_named("renameCollection"), k_command_not_supported, 100);
  expect_refused_by_name("rename-over");
  EXPECT_THAT(leftovers_of("snapshot"), IsEmpty());
}

TEST_P(MongodbServer, WithoutCopiesToADatabaseIsRefusedByName) {
  if (is_genuine()) GTEST_SKIP() << "MongoDB's own server is not probed";
  relay().refuse("$out", k_stage_not_supported, 100);
  expect_refused_by_name("copy-to-database");
  EXPECT_THAT(leftovers_of("snapshot"), IsEmpty());
}

TEST_P(MongodbServer, ThatListsNoUuidsIsRefusedByName) {
  if (is_genuine()) GTEST_SKIP() << "MongoDB's own server is not probed";
  relay().replace_in_answers(command_named("uuid"), command_named("none"));
  expect_refused_by_name("collection-uuid");
  EXPECT_THAT(leftovers_of("snapshot"), IsEmpty());
}

TEST_P(MongodbServer, WithoutUpdatesByPipelineIsRefusedByName) {
  constexpr int k_failed_to_parse = 9;
  relay().refuse(command_named("findAndModify"), k_failed_to_parse, 100);
  expect_refused_by_name("update-by-pipeline");
}

TEST_P(MongodbServer, WithoutItsHashAndItsOperationsIsStillVerifiedByChecksum) {
  relay().refuse(command_named("dbHash"), k_stage_not_supported, 100);
  take(*connect_by_relay());
  relay().refuse("$currentOp", k_stage_not_supported, 100);
  const auto filled = fill(*connect_by_relay(), "pr-1");
  EXPECT_EQ(filled.verified, Verified::checksum);
  EXPECT_EQ(read("pr-1"), first_data());
}

std::vector<EngineChoice> servers() {
  std::vector<EngineChoice> choices;
  for (const auto& program : MongoServer::programs()) {
    choices.push_back({program, [program](std::string& why) -> std::unique_ptr<EngineUnderTest> {
                         auto* server = MongoServer::of(program);
                         if (server == nullptr) {
                           why = program + " is not installed ('./dev setup' installs the others)";
                           return nullptr;
                         }
                         return std::make_unique<MongoDbUnderTest>(*server);
                       }});
  }
  return choices;
}

std::string server_name(const testing::TestParamInfo<EngineChoice>& info) {
  auto name = info.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Programs, MongodbServer, testing::ValuesIn(servers()), server_name);

}  // namespace
}  // namespace tidegate::test
