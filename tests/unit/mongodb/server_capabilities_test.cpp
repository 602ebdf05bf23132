#include "engine/mongodb/access/server_capabilities.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "engine/mongodb/access/capabilities.hpp"
#include "engine/mongodb/access/probe.hpp"
#include "engine/mongodb/copy/kept_options.hpp"
#include "engine/mongodb/driver/faults.hpp"

namespace tidegate::engine::mongodb {
namespace {

using Id = ServerCapability;
using State = engine::Capability::State;
using ::testing::HasSubstr;
using ::testing::Not;

/// As a mongod 5.0 says it.
Bson mongod() {
  return Bson::from_json(R"({
    "version": "5.0.31", "gitVersion": "973237567d45610d6976d5d489dfaaef6a52c2f9", "modules": [],
    "allocator": "tcmalloc", "javascriptEngine": "mozjs", "sysInfo": "deprecated",
    "versionArray": [5, 0, 31, 0], "openssl": {"running": "OpenSSL 1.1.1n"},
    "buildEnvironment": {"distmod": "debian11", "cxx": "g++: 8.5.0", "target_arch": "x86_64"},
    "bits": 64, "debug": false, "maxBsonObjectSize": 16777216,
    "storageEngines": ["devnull", "ephemeralForTest", "wiredTiger"], "ok": 1.0,
    "$clusterTime": {}, "operationTime": 1})");
}

Bson replica_set() { return doc("setName", "rs0", "me", "127.0.0.1:27017"); }

State state_in(const std::vector<engine::Capability>& list, std::string_view name) {
  for (const auto& each : list) {
    if (each.name == name) return each.state;
  }
  ADD_FAILURE() << name << " is not in the list";
  return State::refused;
}

TEST(ServerCapabilities, OfAMongodAreKnownWithoutAProbe) {
  const auto known = known_capabilities(mongod(), replica_set());
  EXPECT_TRUE(known.is_tried());
  for (const auto& each : known.list()) EXPECT_EQ(each.state, State::ok) << each.name;
  EXPECT_NO_THROW(known.refuse_missing());
}

TEST(ServerCapabilities, OfAnotherServerAreUnprovenWhateverVersionItNames) {
  const std::vector<Bson> others{
      mongod().add("secantusVersion", "0.7.0b3"),
      mongod().add("ferretdb", doc("version", "2.1.0")),
      mongod().add("_t", "BuildInfoResponse"),
      mongod().add("psmdbVersion", "7.0.4-2"),
      mongod().without({"storageEngines"}),
      mongod().without({"buildEnvironment"}),
      mongod().without({"allocator"}),
      mongod().without({"openssl"}),
      mongod().without({"gitVersion"}).add("gitVersion", std::string(40, '0')),
      mongod().without({"gitVersion"}).add("gitVersion", "unknown"),
      Bson::from_json(R"({"version": "8.2.11", "versionArray": [8, 2, 11, 0]})"),
  };
  for (const auto& each : others) {
    EXPECT_FALSE(is_genuine_mongod(each)) << each.json();
    const auto known = known_capabilities(each, replica_set());
    EXPECT_FALSE(known.is_tried());
    EXPECT_EQ(known.state(Id::rename_keeps_uuid), State::unproven);
    EXPECT_EQ(known.state(Id::read_timestamp), State::unproven);
  }
}

TEST(ServerCapabilities, ThatDependOnTheDeploymentFallBackEvenOnAMongod) {
  const auto standalone = known_capabilities(mongod(), doc("isWritablePrimary", true));
  EXPECT_EQ(standalone.state(Id::read_timestamp), State::fallback);
  EXPECT_EQ(standalone.state(Id::rename_keeps_uuid), State::ok);
  const auto router = known_capabilities(mongod(), doc("msg", "isdbgrid"));
  EXPECT_EQ(router.state(Id::database_hash), State::fallback);
}

TEST(ServerCapabilities, AreThoseOfOneProcessOfOneProgram) {
  const auto first = known_capabilities(mongod(), replica_set()).identity();
  auto again = mongod().without({"operationTime"}).add("operationTime", 2);
  EXPECT_EQ(known_capabilities(again, replica_set()).identity(), first);
  const auto restarted =
      replica_set().add("topologyVersion", doc("processId", "another", "counter", 1));
  EXPECT_NE(known_capabilities(mongod(), restarted).identity(), first);
  again = mongod().without({"version"}).add("version", "6.0.1");
  EXPECT_NE(known_capabilities(again, replica_set()).identity(), first);
}

TEST(ServerCapabilities, HaveOneContractEach) {
  std::set<std::string_view> names;
  std::size_t index = 0;
  for (const auto& each : capability_contracts()) {
    EXPECT_EQ(static_cast<std::size_t>(each.capability), index++) << each.name;
    EXPECT_TRUE(names.insert(each.name).second) << each.name;
    EXPECT_FALSE(each.needed_for.empty() || each.without.empty()) << each.name;
    EXPECT_EQ(&contract_of(each.capability), &each);
  }
  EXPECT_EQ(index, k_capabilities);
}

TEST(ServerCapabilities, ThatAreMissingFallBackOrAreRefusedByName) {
  for (const auto& each : capability_contracts()) {
    ServerCapabilities known(State::ok, "it");
    known.found(each.capability, false);
    EXPECT_FALSE(known.has(each.capability));
    const auto state = state_in(known.list(), each.name);
    if (each.has_fallback) {
      EXPECT_EQ(state, State::fallback) << each.name;
      EXPECT_NO_THROW(known.refuse_missing());
      continue;
    }
    EXPECT_EQ(state, State::refused) << each.name;
    try {
      known.refuse_missing();
      ADD_FAILURE() << each.name;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::refused);
      EXPECT_THAT(error.message(), HasSubstr("'" + std::string(each.name) + "'"));
      EXPECT_THAT(error.message(), HasSubstr(std::string(each.needed_for)));
    }
  }
}

CollectionCopy piece_with(const std::string& name, const Bson& options) {
  CollectionCopy piece;
  piece.name = name;
  piece.definition.options = options;
  return piece;
}

TEST(ServerCapabilities, WithoutKeptOptionsRefuseWhatNothingCanSetAgain) {
  ServerCapabilities known(State::ok, "it");
  const std::vector<CollectionCopy> pieces{
      piece_with("checked", doc("validator", Bson(), "validationLevel", "strict")),
      piece_with("german", doc("collation", doc("locale", "de"))),
      piece_with("log", doc("capped", true, "size", 4096))};
  EXPECT_NO_THROW(refuse_lost_options(pieces, known));
  known.found(Id::rename_keeps_options, false);
  try {
    refuse_lost_options(pieces, known);
    FAIL() << "taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::refused);
    EXPECT_THAT(error.message(), HasSubstr("'german' (collation), 'log' (capped)"));
    EXPECT_THAT(error.message(), HasSubstr("'rename-keeps-options'"));
    EXPECT_THAT(error.message(), Not(HasSubstr("checked")));
  }
}

TEST(Definition, IsTheSameWhateverTheOrderOfItsOptions) {
  const auto as_created = doc("validator", doc("x", 1), "validationAction", "warn");
  const auto as_set = doc("validationAction", "warn", "validator", doc("x", 1));
  EXPECT_TRUE(same_options(as_created, as_set));
  EXPECT_TRUE(same_options({}, {}));
  EXPECT_FALSE(same_options(as_created, as_set.without({"validator"})));
  EXPECT_FALSE(same_options(doc("validationAction", "warn"), doc("validationAction", "error")));
  EXPECT_FALSE(
      same_options(doc("validator", doc("a", 1, "b", 1)), doc("validator", doc("b", 1, "a", 1))));
}

TEST(ServerCapabilities, AreToldApartFromOtherFailures) {
  const auto remote = [](int code) {
    return Error(ErrorKind::remote, "no").with_server_code(code);
  };
  for (const int code : {59, 115, 238, 303, 304, 40324}) {
    EXPECT_TRUE(says_unsupported(remote(code))) << code;
  }
  for (const int code : {0, 11, 26, 48, 50, 239, 246, 11000}) {
    EXPECT_FALSE(says_unsupported(remote(code)) || says_malformed(remote(code))) << code;
  }
}

TEST(PublishPlan, KeepsWhatAMoveReplaces) {
  PublishPlan plan;
  plan.run = "r";
  plan.moves = {{"a", "_tidegate.r.1", "u1", "u0"}, {"b", "_tidegate.r.2", "u2", ""}};
  const auto read = PublishPlan::read(plan.bson());
  ASSERT_EQ(read.moves.size(), 2U);
  EXPECT_EQ(read.moves[0].replaced, "u0");
  EXPECT_EQ(read.moves[1].replaced, "");
}

}  // namespace
}  // namespace tidegate::engine::mongodb
