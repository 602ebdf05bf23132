// Every kind of collection, index, option and name that a server allows comes across, or is refused
// by name.

#include <gtest/gtest.h>

#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

using Strings = std::vector<std::string>;

class Coverage : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "coverage");
    database_ = flow_->production();
    flow_->admin().drop_database(database_);
  }

  TestClient& admin() { return flow_->admin(); }
  void create(const std::string& name, const char* options = "{}") {
    Json command = {{"create", name}};
    command.update(Json::parse(options));
    admin().command(database_, command);
  }
  void index(const std::string& collection, const char* definition) {
    admin().create_indexes(database_, collection, {Json::parse(definition)});
  }
  void fill(const std::string& collection, int documents = 30) {
    std::vector<Json> batch;
    for (int i = 0; i < documents; ++i) {
      batch.push_back({{"_id", i},
                       {"n", i},
                       {"text", "value " + std::to_string(i)},
                       {"place", {{"type", "Point"}, {"coordinates", {i, i % 80}}}},
                       {"at", {{"$date", "2099-01-01T00:00:00Z"}}}});
    }
    admin().insert(database_, collection, batch);
  }
  void expect_carried() {
    const auto before = flow_->image_of(database_);
    flow_->expect(0, {"snapshot"});
    EXPECT_EQ(differences(before, flow_->image_of(flow_->snapshot()), Ttl::ignored), Strings());
    flow_->expect(0, {"restore", "pr-1"});
    EXPECT_EQ(differences(before, flow_->image_of(flow_->preview(1))), Strings());
    flow_->expect(0, {"verify", "pr-1"});
    flow_->expect(0, {"restore", "pr-1"});
    EXPECT_EQ(differences(before, flow_->image_of(flow_->preview(1))), Strings());
    EXPECT_EQ(differences(before, flow_->image_of(database_)), Strings());
  }
  /// Whether the server has it at all; stand-ins lack some.
  bool works(const Json& command) { return admin().code_of(database_, command) == 0; }

  std::unique_ptr<Flow> flow_;
  std::string database_;
};

TEST_F(Coverage, EveryKindOfIndex) {
  fill("x");
  index("x", R"({"key": {"n": 1}, "name": "unique", "unique": true})");
  index("x", R"({"key": {"n": -1, "text": 1}, "name": "partial",
                 "partialFilterExpression": {"n": {"$gt": 3}}})");
  index("x", R"({"key": {"missing": 1}, "name": "sparse", "sparse": true})");
  index("x", R"({"key": {"text": 1}, "name": "hidden", "hidden": true})");
  index("x", R"({"key": {"text": -1}, "name": "collation",
                 "collation": {"locale": "de", "strength": 2}})");
  index("x", R"({"key": {"deep.$**": 1}, "name": "wildcard"})");
  index("x", R"({"key": {"place": "2dsphere"}, "name": "sphere"})");
  index("x", R"({"key": {"at": 1}, "name": "ttl", "expireAfterSeconds": 3600})");
  const auto more = [&](const char* definition) {
    return works({{"createIndexes", "x"}, {"indexes", Json::array({Json::parse(definition)})}});
  };
  more(R"({"key": {"text": "hashed"}, "name": "hashed"})");
  more(R"({"key": {"text": "text"}, "name": "full text", "default_language": "german"})");
  more(R"({"key": {"place.coordinates": "2d"}, "name": "flat", "min": -200, "max": 200})");
  more(R"({"key": {"$**": 1}, "name": "all", "wildcardProjection": {"secret": 0}})");
  expect_carried();
}

TEST_F(Coverage, ATtlIndexDeletesNothingInTheSnapshotAndIsTrueInATarget) {
  fill("sessions");
  index("sessions", R"({"key": {"at": 1}, "name": "ttl", "expireAfterSeconds": 3600})");
  flow_->expect(0, {"snapshot"});
  const auto snapshot = flow_->image_of(flow_->snapshot());
  for (const auto& text : snapshot.collections.at("sessions").indexes) {
    EXPECT_EQ(text.find("expireAfterSeconds"), std::string::npos) << text;
  }
  flow_->expect(0, {"restore", "pr-1"});
  EXPECT_EQ(differences(flow_->image_of(database_), flow_->image_of(flow_->preview(1))), Strings());
}

TEST_F(Coverage, ACollectionThatExpiresIsNotSaidToBeComparedOnceItDid) {
  fill("sessions");
  index("sessions", R"({"key": {"at": 1}, "name": "ttl", "expireAfterSeconds": 3600})");
  fill("projects");
  flow_->expect(0, {"snapshot"});
  flow_->expect(0, {"restore", "pr-1"});
  const auto whole = flow_->expect(0, {"verify", "pr-1"});
  EXPECT_EQ(whole.out.find("not compared"), std::string::npos) << whole;
  const Json one = {{"q", Json::object()}, {"limit", 1}};
  flow_->admin().command(flow_->preview(1),
                         {{"delete", "sessions"}, {"deletes", Json::array({one})}});
  const auto expired = flow_->expect(0, {"verify", "pr-1"});
  EXPECT_NE(expired.out.find("not compared, because documents of theirs have expired: 'sessions'"),
            std::string::npos)
      << expired;
  const auto json = flow_->expect(0, {"verify", "pr-1", "--json"}).json();
  EXPECT_EQ(json.at("not_compared"), Json::array({"sessions"}));
}

TEST_F(Coverage, OptionsOfCollections) {
  create("validated", R"({"validator": {"n": {"$type": "int"}}, "validationLevel": "moderate",
                          "validationAction": "warn"})");
  create("collated", R"({"collation": {"locale": "en", "strength": 1}})");
  create("clustered", R"({"clusteredIndex": {"key": {"_id": 1}, "unique": true}})");
  create("capped", R"({"capped": true, "size": 1048576, "max": 1000})");
  create("empty");
  for (const char* name : {"validated", "collated", "clustered", "capped"}) fill(name);
  index("collated", R"({"key": {"text": 1}, "name": "simple", "collation": {"locale": "simple"}})");
  index("collated", R"({"key": {"n": 1}, "name": "inherits"})");
  index("validated", R"({"key": {"n": 1}, "name": "n"})");
  expect_carried();
}

TEST_F(Coverage, ACappedCollectionKeepsItsOrder) {
  create("log", R"({"capped": true, "size": 1048576})");
  for (const int id : {5, 3, 9, 1}) admin().insert(database_, "log", {{{"_id", id}}});
  flow_->expect(0, {"snapshot"});
  flow_->expect(0, {"restore", "pr-1"});
  const auto natural = [&](const std::string& database) {
    return admin()
        .command(database, {{"find", "log"}, {"sort", {{"$natural", 1}}}})
        .at("cursor")
        .at("firstBatch");
  };
  EXPECT_EQ(natural(flow_->preview(1)), natural(database_));
}

TEST_F(Coverage, DocumentsThatBreakTheirOwnValidator) {
  fill("x");
  admin().command(database_, {{"collMod", "x"},
                              {"validator", {{"impossible", {{"$exists", true}}}}},
                              {"validationLevel", "strict"},
                              {"validationAction", "error"}});
  expect_carried();
}

TEST_F(Coverage, ViewsOverViewsWithPipelinesFullOfDollars) {
  fill("x");
  create("low", R"({"viewOn": "x", "pipeline": [{"$match": {"n": {"$lt": 10}}}]})");
  create("joined", R"({"viewOn": "low", "pipeline": [{"$lookup": {"from": "x", "localField": "n",
           "foreignField": "n", "as": "same"}}, {"$project": {"same.text": 1}}]})");
  create("french", R"({"viewOn": "x", "pipeline": [], "collation": {"locale": "fr"}})");
  create("ofNothing", R"({"viewOn": "notThere", "pipeline": []})");
  expect_carried();
  EXPECT_EQ(admin().find(flow_->preview(1), "joined").size(), 10U);
}

TEST_F(Coverage, OddNamesOfCollections) {
  for (const char* name :
       {"with space", "dotted.name.of.many", "Grüße", "名前", "quote'd\"", "-dash", "UPPER",
        "upper", "a|b*c?", "{brace}", "'; drop", "%41", "new\tline"}) {
    fill(name, 3);
  }
  fill(std::string(120, 'n'), 3);
  expect_carried();
}

TEST_F(Coverage, OddIdsAndFieldNames) {
  std::vector<Json> documents;
  const char* const ids[] = {R"({"$numberDouble": "NaN"})",
                             R"({"$numberDouble": "-Infinity"})",
                             R"({"$numberDecimal": "1.10"})",
                             R"({"$minKey": 1})",
                             R"({"$maxKey": 1})",
                             R"("")",
                             R"({"a": 1})",
                             R"({"$timestamp": {"t": 1, "i": 2}})",
                             R"({"$binary": {"base64": "AAE=", "subType": "00"}})",
                             R"({"$date": {"$numberLong": "-1"}})",
                             "true",
                             "null"};
  for (const char* id : ids) {
    documents.push_back({{"_id", Json::parse(id)}, {"", 1}, {"a.b", 2}, {"nul\u0000l", 3}});
    documents.back().erase("nul\u0000l");
  }
  admin().insert(database_, "x", documents);
  expect_carried();
}

TEST_F(Coverage, ADocumentOfAlmostSixteenMebibytes) {
  admin().insert(database_, "x", {{{"_id", 1}, {"text", std::string(15'900'000, 'x')}}});
  expect_carried();
}

TEST_F(Coverage, AnEmptyProductionIsNotTakenForASnapshotOfNothing) {
  const auto outcome = flow_->tidegate({"snapshot"});
  EXPECT_EQ(outcome.exit_code, 6) << outcome;
}

TEST_F(Coverage, TimeSeriesAreRefusedByNameBeforeAnythingIsWritten) {
  fill("x");
  if (!works(Json::parse(R"({"create": "weather", "timeseries": {"timeField": "at"}})"))) {
    GTEST_SKIP() << "the server has no time series";
  }
  const auto outcome = flow_->expect(4, {"snapshot"});
  EXPECT_NE(outcome.err.find("weather"), std::string::npos) << outcome;
  EXPECT_NE(outcome.err.find("exclude"), std::string::npos) << outcome;
  EXPECT_TRUE(flow_->admin().collections(flow_->snapshot()).empty());
  flow_->add_to_config("snapshot", "exclude: [weather]");
  flow_->expect(0, {"snapshot"});
}

TEST_F(Coverage, NamesThatTidegateUsesItselfAreRefused) {
  fill("x");
  fill("_tidegate.mine");
  const auto outcome = flow_->expect(4, {"snapshot"});
  EXPECT_NE(outcome.err.find("_tidegate.mine"), std::string::npos) << outcome;
}

TEST_F(Coverage, AMetadataCollectionOfAnotherName) {
  fill("x");
  flow_->add_to_config("snapshot", "metadata: origin");
  flow_->expect(0, {"snapshot"});
  flow_->expect(0, {"restore", "pr-1"});
  EXPECT_TRUE(admin().find_one(flow_->preview(1), "origin", {{"_id", "latest"}}).has_value());
  EXPECT_TRUE(flow_->metadata(flow_->preview(1)).is_null());
}

}  // namespace
}  // namespace tidegate::test
