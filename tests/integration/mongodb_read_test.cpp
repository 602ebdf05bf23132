#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/mongodb/access/capabilities.hpp"
#include "engine/mongodb/access/grants.hpp"
#include "engine/mongodb/access/rights.hpp"
#include "engine/mongodb/copy/audit.hpp"
#include "engine/mongodb/copy/definition.hpp"
#include "engine/mongodb/copy/inspect.hpp"
#include "engine/mongodb/publish/metadata_codec.hpp"
#include "support/data.hpp"
#include "support/mongo_server.hpp"

namespace tidegate::engine::mongodb {
namespace {

using test::Access;
using test::Json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* k_metadata = "snapshot_metadata";
constexpr const char* k_run = "20261122T030004-7f3a92c1";

/// A run that speaks to one server as one user.
struct ServerUser {
  explicit ServerUser(const std::string& uri) : server(endpoint(uri)) {}
  static Endpoint endpoint(const std::string& uri) {
    Endpoint endpoint;
    endpoint.uri = Secret(uri);
    endpoint.origin = "test";
    return endpoint;
  }
  RealClock clock;
  Redactor redactor;
  Log log{LogLevel::error, LogFormat::text, redactor};
  SilentProgress progress;
  Run run{make_run_id(clock), clock, log, progress, {}, std::chrono::minutes(2)};
  Server server;
};

/// `{name, type}` of each, as listed.
std::vector<std::string> names_of(const engine::Inventory& inventory) {
  std::vector<std::string> names;
  for (const auto& item : inventory.items) names.push_back(item.name + ":" + item.type);
  return names;
}

const engine::Item& item_of(const engine::Inventory& inventory, const std::string& name) {
  for (const auto& item : inventory.items) {
    if (item.name == name) return item;
  }
  throw std::out_of_range(name);
}

/// The content of the database, described as a run would that has filled it.
Metadata description(ServerUser& as, test::TestClient& client, const std::string& database) {
  Metadata metadata;
  metadata.source = "production";
  metadata.method = "$out";
  metadata.run = k_run;
  metadata.target = "pr-1";
  const auto found = test::image(client, database, k_metadata);
  for (const auto& listed : as.server.collections(as.run, database)) {
    if (belongs(listed, k_metadata) != CollectionOwner::to_user) continue;
    Content content;
    content.name = listed.name;
    content.type = listed.type;
    Definition definition{listed.type, listed.options, {}};
    if (listed.type == "collection") {
      const Namespace place{database, listed.name};
      metadata.collections.push_back(listed.name);
      definition.indexes = as.server.indexes(as.run, place);
      content.documents = found.collections.at(listed.name).count;
      content.bytes = server_sum(as.run, as.server, place).bytes;
      content.checksum = found.collections.at(listed.name).documents;
    }
    content.definition = definition.text();
    metadata.contents.push_back(content);
  }
  return metadata;
}

std::vector<std::string> differences_of(const engine::VerifyReport& report) {
  std::vector<std::string> texts;
  for (const auto& each : report.differences) texts.push_back(each.collection + ":" + each.what);
  return texts;
}

void fill(test::TestClient& client, const std::string& database) {
  client.drop_database(database);
  std::vector<Json> documents;
  for (int i = 0; i < 500; ++i) {
    documents.push_back({{"_id", i % 2 ? Json(i) : Json("k" + std::to_string(i))},
                         {"text", std::string(static_cast<std::size_t>(i), 'x')}});
  }
  client.insert(database, "pmStudy", documents);
  client.create_indexes(database, "pmStudy", {{{"key", {{"text", 1}}}, {"name", "text_1"}}});
  client.insert(database, "pmProject", {{{"_id", 1}, {"v", 1.5}}});
  client.command(database,
                 {{"create", "recent"}, {"viewOn", "pmStudy"}, {"pipeline", Json::array()}});
}

void write_records(test::TestClient& client, const std::string& database, const Bson& record) {
  const auto id = record.text("_id");
  client.command(database, {{"delete", k_metadata},
                            {"deletes", Json::array({{{"q", {{"_id", id}}}, {"limit", 1}}})}});
  client.insert(database, k_metadata, {Json::parse(record.json())});
}

TEST(MongodbRead, TellsWhatTheServerIs) {
  TIDEGATE_NEEDS_MONGODB(server, Access::open);
  ServerUser as(server->uri());
  const auto found = capabilities(as.run, as.server);
  EXPECT_EQ(found.product, "MongoDB");
  EXPECT_THAT(found.deployment, HasSubstr("replica set"));
  EXPECT_TRUE(found.point_in_time) << found.why_not;
  EXPECT_GT(found.server_time.time_since_epoch().count(), 0);
}

TEST(MongodbRead, TellsWhatRunsHaveLeftFromWhatIsSomebodys) {
  TIDEGATE_NEEDS_MONGODB(server, Access::open);
  auto client = server->client();
  const auto database = server->database("left");
  ServerUser as(server->uri());
  const auto is_leftover = [&](const std::string& collection) {
    client.drop_database(database);
    client.command(database, {{"create", "_tidegate.20261122T030004-7f3a92c1.1"}});
    client.insert(database, collection, {{{"_id", "f"}, {"value", 1}}});
    return inspect(as.run, as.server, DatabaseName(database), k_metadata).abandoned;
  };
  EXPECT_TRUE(is_leftover("tmp.agg_out.5f1c")) << "a killed copy's";
  EXPECT_TRUE(is_leftover("_tidegate.20261122T030004-7f3a92c1.2"));
  EXPECT_FALSE(is_leftover("pmStudy"));
  EXPECT_FALSE(is_leftover("system.js")) << "functions are the application's";
}

TEST(MongodbRead, ListsWhatIsInADatabaseWithSizes) {
  TIDEGATE_NEEDS_MONGODB(server, Access::open);
  auto client = server->client();
  const auto database = server->database("inventory");
  fill(client, database);
  client.command(database, {{"create", "_tidegate.20261122T030004-7f3a92c1.1"}});
  client.command(database, {{"create", "_tidegatex"}});
  client.insert(database, "system.js", {{{"_id", "f"}, {"value", 1}}});
  write_records(
      client, database,
      to_bson(description(*std::make_unique<ServerUser>(server->uri()), client, database)));
  ServerUser as(server->uri());

  const auto found = inspect(as.run, as.server, DatabaseName(database), k_metadata);
  EXPECT_TRUE(found.exists);
  EXPECT_THAT(names_of(found), ElementsAre("_tidegatex:collection", "pmProject:collection",
                                           "pmStudy:collection", "recent:view"));
  EXPECT_EQ(item_of(found, "pmStudy").documents, 500);
  EXPECT_EQ(item_of(found, "pmStudy").indexes, 2);
  EXPECT_GT(item_of(found, "pmStudy").data.count, 500 * 250);
  EXPECT_EQ(item_of(found, "pmStudy").obstacle, "");
  EXPECT_EQ(item_of(found, "recent").documents, 0);
  EXPECT_THAT(item_of(found, "_tidegatex").obstacle, HasSubstr("_tidegate"));
  EXPECT_THAT(found.staging, ElementsAre("_tidegate.20261122T030004-7f3a92c1.1"));
  EXPECT_THAT(found.left_out, UnorderedElementsAre(HasSubstr("holds 1 function,"),
                                                   HasSubstr("'snapshot_metadata'")));
  ASSERT_TRUE(found.metadata);
  EXPECT_EQ(found.metadata->run, k_run);
  EXPECT_FALSE(found.holder);
}

TEST(MongodbRead, FindsNothingInADatabaseThatIsNotThere) {
  TIDEGATE_NEEDS_MONGODB(server, Access::open);
  ServerUser as(server->uri());
  const auto found =
      inspect(as.run, as.server, DatabaseName(server->database("absent")), k_metadata);
  EXPECT_FALSE(found.exists);
  EXPECT_THAT(found.items, IsEmpty());
  EXPECT_FALSE(found.metadata);
}

TEST(MongodbRead, RefusesATimeSeriesByName) {
  TIDEGATE_NEEDS_MONGODB(server, Access::open);
  auto client = server->client();
  const auto database = server->database("series");
  client.command(database, {{"create", "weather"}, {"timeseries", {{"timeField", "t"}}}});
  ServerUser as(server->uri());
  const auto found = inspect(as.run, as.server, DatabaseName(database), k_metadata);
  EXPECT_THAT(item_of(found, "weather").obstacle, HasSubstr("time series"));
  EXPECT_EQ(found.items.size(), 1U);
}

TEST(MongodbRead, ListsDatabasesExactlyOfThePatternByNumber) {
  TIDEGATE_NEEDS_MONGODB(server, Access::open);
  auto client = server->client();
  for (const char* name : {"pr_10", "pr_9", "pr_09", "pr_x", "pr_9_old"}) {
    client.insert(server->database(name), "x", {{{"_id", 1}}});
  }
  Metadata metadata;
  metadata.source = "p";
  metadata.method = "$out";
  metadata.run = k_run;
  write_records(client, server->database("pr_9"), to_bson(metadata));
  ServerUser as(server->uri());
  const auto found =
      list(as.run, as.server, NamePattern(server->database("pr_{number}")), k_metadata);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].number.value(), 9);
  ASSERT_TRUE(found[0].metadata);
  EXPECT_EQ(found[0].metadata->run, k_run);
  EXPECT_EQ(found[1].number.value(), 10);
  EXPECT_FALSE(found[1].metadata);
}

TEST(MongodbRead, NamesWhoHoldsTheLease) {
  TIDEGATE_NEEDS_MONGODB(server, Access::open);
  auto client = server->client();
  const auto database = server->database("held");
  ServerUser as(server->uri());
  const auto now = as.server.now(as.run);
  write_records(client, database,
                doc("_id", "lease", "run", k_run, "host", "pod-1", "process", std::int64_t{7},
                    "started", now - std::chrono::seconds(90), "renewed",
                    now - std::chrono::seconds(60), "expires", now - std::chrono::seconds(30)));
  const auto found = holder(as.run, as.server, DatabaseName(database), k_metadata);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->host, "pod-1");
  EXPECT_TRUE(found->expired);
  EXPECT_GE(found->renewed_ago, std::chrono::seconds(60));
  EXPECT_LT(found->renewed_ago, std::chrono::seconds(120));
}

TEST(MongodbRead, SumsUpACollectionAsTheServerDoes) {
  TIDEGATE_NEEDS_MONGODB(server, Access::open);
  auto client = server->client();
  const auto database = server->database("sum");
  fill(client, database);
  client.command(database, {{"create", "clustered"},
                            {"clusteredIndex", {{"key", {{"_id", 1}}}, {"unique", true}}}});
  client.insert(database, "clustered", {{{"_id", 2}}, {{"_id", 1}}});
  client.command(database, {{"create", "ring"}, {"capped", true}, {"size", 100'000}});
  client.insert(database, "ring", {{{"_id", 2}}, {{"_id", 1}}});
  client.command(database, {{"create", "folded"}, {"collation", {{"locale", "en"}}}});
  client.insert(database, "folded", {{{"_id", "B"}}, {{"_id", "a"}}});
  const auto reply = client.command(database, {{"dbHash", 1}});
  ServerUser as(server->uri());
  for (const char* name : {"pmStudy", "pmProject", "clustered", "ring", "folded"}) {
    const Namespace place{database, name};
    std::int64_t told = 0;
    const auto sum = stream_sum(as.run, as.server, place, 200'000, [&](std::int64_t documents) {
      told = documents;
      return true;
    });
    const auto expected = reply.at("collections").at(name).get<std::string>();
    if (name == std::string("ring") && sum.md5 != expected) {
      const auto natural = stream_sum(as.run, as.server, place, 0, {}, Order::natural);
      EXPECT_EQ(natural.md5, expected) << "neither in _id nor in natural order";
    } else {
      EXPECT_EQ(sum.md5, expected) << name;
    }
    const auto short_sum = server_sum(as.run, as.server, place);
    EXPECT_EQ(short_sum.documents, sum.documents) << name;
    EXPECT_EQ(short_sum.bytes, sum.bytes) << name;
    if (sum.documents == 500) {
      EXPECT_EQ(told, 500);
    }
  }
  EXPECT_EQ(stream_sum(as.run, as.server, {database, "absent"}, 0).documents, 0);
}

class MongodbAudit : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::open);
    client_ = std::make_unique<test::TestClient>(server->uri());
    as_ = std::make_unique<ServerUser>(server->uri());
    database_ = server->database("audit");
    fill(*client_, database_);
    metadata_ = description(*as_, *client_, database_);
    write_records(*client_, database_, to_bson(metadata_));
  }
  engine::VerifyReport look() {
    return audit(as_->run, as_->server, DatabaseName(database_), metadata_, k_metadata);
  }
  Content& content(const std::string& name) {
    for (auto& each : metadata_.contents) {
      if (each.name == name) return each;
    }
    throw std::out_of_range(name);
  }

  std::unique_ptr<test::TestClient> client_;
  std::unique_ptr<ServerUser> as_;
  std::string database_;
  Metadata metadata_;
};

TEST_F(MongodbAudit, FindsAnUntouchedDatabaseEqualByChecksum) {
  const auto report = look();
  EXPECT_THAT(differences_of(report), IsEmpty());
  EXPECT_EQ(report.method, Verified::checksum);
  EXPECT_EQ(report.contents.size(), 3U);
}

TEST_F(MongodbAudit, TakesACappedCollectionsChecksumInEitherOrder) {
  client_->command(database_, {{"create", "ring"}, {"capped", true}, {"size", 100'000}});
  client_->insert(database_, "ring", {{{"_id", 2}}, {{"_id", 1}}});
  metadata_ = description(*as_, *client_, database_);
  for (const auto order : {Order::by_id, Order::natural}) {
    content("ring").checksum =
        stream_sum(as_->run, as_->server, {database_, "ring"}, 0, {}, order).md5;
    EXPECT_THAT(differences_of(look()), IsEmpty());
  }
  content("ring").checksum = std::string(32, '0');
  EXPECT_THAT(differences_of(look()), ElementsAre("ring:checksum"));
}

TEST_F(MongodbAudit, FindsAChangedValueOfTheSameLength) {
  client_->update_one(database_, "pmProject", {{"_id", 1}}, {{"$set", {{"v", 2.5}}}});
  const auto report = look();
  EXPECT_THAT(differences_of(report), ElementsAre("pmProject:checksum"));
  EXPECT_NE(report.differences.front().expected, report.differences.front().found);
}

TEST_F(MongodbAudit, FindsAddedDocuments) {
  client_->insert(database_, "pmProject", {{{"_id", 2}}});
  const auto report = look();
  EXPECT_THAT(differences_of(report), ElementsAre("pmProject:documents", "pmProject:bytes"));
  EXPECT_EQ(report.differences.front().expected, "1");
  EXPECT_EQ(report.differences.front().found, "2");
}

TEST_F(MongodbAudit, FindsWhatIsMissingAndWhatIsTooMuch) {
  client_->drop_collection(database_, "pmProject");
  client_->insert(database_, "stray", {{{"_id", 1}}});
  EXPECT_THAT(differences_of(look()), ElementsAre("pmProject:missing", "stray:unexpected"));
}

TEST_F(MongodbAudit, FindsOtherIndexesOptionsAndViews) {
  client_->command(database_, {{"dropIndexes", "pmStudy"}, {"index", "text_1"}});
  client_->command(database_, {{"collMod", "pmProject"}, {"validator", {{"v", {{"$gt", 0}}}}}});
  client_->command(database_,
                   {{"collMod", "recent"}, {"viewOn", "pmProject"}, {"pipeline", Json::array()}});
  EXPECT_THAT(differences_of(look()),
              ElementsAre("pmProject:options", "pmStudy:indexes", "recent:view"));
}

TEST_F(MongodbAudit, TakesATtlIndexWithoutItsTimeInASnapshotOnly) {
  const Json index = {{"key", {{"at", 1}}}, {"name", "at_1"}};
  client_->create_indexes(database_, "pmProject", {index});
  auto definition = Definition::read(content("pmProject").definition);
  definition.indexes = as_->server.indexes(as_->run, {database_, "pmProject"});
  definition.indexes.back().add("expireAfterSeconds", 60);
  content("pmProject").definition = definition.text();
  EXPECT_THAT(differences_of(look()), ElementsAre("pmProject:indexes"));
  metadata_.target = "snapshot";
  EXPECT_THAT(differences_of(look()), IsEmpty());
}

TEST_F(MongodbAudit, SaysHowWeaklyItLookedWhereNothingStrongerIsRecorded) {
  content("pmProject").checksum.clear();
  EXPECT_EQ(look().method, Verified::size);
  content("pmProject").bytes = {};
  const auto report = look();
  EXPECT_EQ(report.method, Verified::count);
  EXPECT_TRUE(report.equal());
}

TEST_F(MongodbAudit, ReadsAPublishUnderWayByItsPlan) {
  PublishPlan plan;
  plan.run = "20261123T030004-00000001";
  const auto staging = staging_name(plan.run, 1);
  client_->insert(database_, staging, {{{"_id", 1}, {"v", "new"}}});
  for (const auto& listed : as_->server.collections(as_->run, database_)) {
    if (listed.name == staging) plan.moves.push_back({"pmProject", staging, listed.uuid});
    if (listed.name == "pmStudy") plan.moves.push_back({"pmStudy", "_tidegate.x.2", listed.uuid});
  }
  ASSERT_EQ(plan.moves.size(), 2U);
  auto expected = metadata_;
  expected.run = plan.run;
  const auto sum = stream_sum(as_->run, as_->server, {database_, staging}, 0);
  for (auto& each : expected.contents) {
    if (each.name != "pmProject") continue;
    each.documents = sum.documents;
    each.bytes = sum.bytes;
    each.checksum = sum.md5;
  }
  plan.latest = to_bson(expected);
  write_records(*client_, database_,
                doc("_id", "lease", "run", std::string_view(plan.run), "phase", "publishing",
                    "plan", plan.bson()));
  client_->insert(database_, "on_its_way_out", {{{"_id", 1}}});

  const auto published =
      published_metadata(as_->run, as_->server, DatabaseName(database_), k_metadata);
  ASSERT_TRUE(published);
  EXPECT_EQ(published->run, plan.run);
  const auto report = audit(as_->run, as_->server, DatabaseName(database_), *published, k_metadata);
  EXPECT_THAT(differences_of(report), IsEmpty());
}

TEST_F(MongodbAudit, SaysSoWhenTheDatabaseWasFilledAnew) {
  auto other = metadata_;
  other.run = "20261123T030004-00000001";
  write_records(*client_, database_, to_bson(other));
  client_->drop_collection(database_, "pmProject");
  try {
    look();
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::conflict);
    EXPECT_THAT(error.message(), HasSubstr(other.run));
  }
}

TEST(MongodbRights, OfTheUsersThatGrantsPrintsAreExactlyEnough) {
  TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
  auto admin = server->client();
  const DatabaseName production(server->database("prod")), snapshot(server->database("snap"));
  Topology topology{production, snapshot, NamePattern(server->database("pr_{number}")), {}, {}, {}};
  const auto users = test::parse_grants(grants({topology, PullNumber::parse("7")}));
  ASSERT_EQ(users.size(), 2U);
  for (const auto& user : users) test::create_user(admin, user, "p@ss");
  const auto preview = topology.previews->name_of(*PullNumber::parse("7"));

  ServerUser producer(server->uri_as(users[0].name, "p@ss"));
  const auto of_producer = [&](const DatabaseName& database, Need need) {
    return rights(producer.run, producer.server, database, need, k_metadata);
  };
  EXPECT_EQ(of_producer(production, Need::read).basis, engine::Rights::Basis::privileges);
  EXPECT_EQ(of_producer(production, Need::read).user, users[0].name);
  EXPECT_THAT(of_producer(production, Need::read).missing, IsEmpty());
  EXPECT_THAT(of_producer(production, Need::read).writes, IsEmpty());
  EXPECT_THAT(of_producer(snapshot, Need::write).missing, IsEmpty());
  EXPECT_THAT(of_producer(snapshot, Need::write).write_roles,
              Contains("readWrite@" + snapshot.text()));
  EXPECT_THAT(of_producer(preview, Need::read).missing, Contains(HasSubstr("find on")));

  ServerUser filler(server->uri_as(users[1].name, "p@ss"));
  const auto of_filler = [&](const DatabaseName& database, Need need) {
    return rights(filler.run, filler.server, database, need, k_metadata);
  };
  EXPECT_THAT(of_filler(snapshot, Need::read).missing, IsEmpty());
  EXPECT_THAT(of_filler(snapshot, Need::read).writes, IsEmpty());
  EXPECT_THAT(of_filler(preview, Need::write).missing, IsEmpty());
  EXPECT_THAT(of_filler(production, Need::read).missing, Contains(HasSubstr("find on")));
}

TEST(MongodbRights, OfAWriterOfProductionAreFoundWithTheRoleThatGivesThem) {
  TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
  auto admin = server->client();
  const auto production = server->database("prod");
  const auto name = server->database("careless");
  const Json roles = Json::array({Json{{"role", "readWrite"}, {"db", production}}});
  test::create_user(admin, name, "x", roles);
  ServerUser as(server->uri_as(name, "x"));
  const auto found = rights(as.run, as.server, DatabaseName(production), Need::read, k_metadata);
  EXPECT_THAT(found.writes, Contains("insert"));
  EXPECT_THAT(found.write_roles, ElementsAre("readWrite@" + production));
}

TEST(MongodbRights, AreEverybodysWithoutAccessControl) {
  TIDEGATE_NEEDS_MONGODB(server, Access::open);
  ServerUser anyone(server->uri());
  if (!anyone.server.user().empty()) GTEST_SKIP() << "this server has access control";
  const auto found = rights(anyone.run, anyone.server, DatabaseName(server->database("rights")),
                            Need::write, k_metadata);
  EXPECT_EQ(found.basis, engine::Rights::Basis::no_access_control);
  EXPECT_THAT(found.missing, IsEmpty());
  EXPECT_THAT(found.writes, Contains("insert"));
}

TEST(MongodbRights, AreNobodysWithoutSigningIn) {
  TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
  const auto uri = server->uri();
  const auto at = uri.rfind('@');
  ASSERT_NE(at, std::string::npos);
  const auto host = uri.substr(at + 1);
  ServerUser stranger("mongodb://" + host.substr(0, host.find('/')) + "/");
  const auto found = rights(stranger.run, stranger.server, DatabaseName(server->database("prod")),
                            Need::read, k_metadata);
  EXPECT_EQ(found.basis, engine::Rights::Basis::privileges);
  EXPECT_THAT(found.missing, Contains(HasSubstr("find on")));
  EXPECT_THAT(found.writes, IsEmpty());
}

TEST(MongodbRights, LackingOnTheMetadataAreNamed) {
  TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
  auto admin = server->client();
  const auto name = server->database("stranger");
  const Json roles = Json::array({Json{{"role", "read"}, {"db", server->database("other")}}});
  test::create_user(admin, name, "x", roles);
  ServerUser as(server->uri_as(name, "x"));
  try {
    published_metadata(as.run, as.server, DatabaseName(server->database("prod")), k_metadata);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::permission);
    EXPECT_THAT(error.message(), HasSubstr(server->database("prod") + "." + k_metadata));
  }
}

}  // namespace
}  // namespace tidegate::engine::mongodb
