// Archives of MongoDB: whatever a server allows goes into files and comes back from them, and files
// that were damaged or made up do not.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "base/error.hpp"
#include "engine/mongodb/archive/archive_files.hpp"
#include "engine/mongodb/archive/document_stream.hpp"
#include "engine/mongodb/mongodb.hpp"
#include "support/data.hpp"
#include "support/mongo_server.hpp"
#include "support/witnesses.hpp"

namespace tidegate::engine::mongodb {
namespace {

using test::Access;
using test::Json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

constexpr const char* k_metadata = "snapshot_metadata";

class MongoDbArchive : public testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::open);
    server_ = server;
    admin_ = std::make_unique<test::TestClient>(server->uri());
    production_ = server->database("a_production");
    target_ = server->database("a_pr_1");
    Endpoint endpoint;
    endpoint.uri = Secret(server->uri());
    endpoint.origin = "the test";
    engine_ = kind().connect(endpoint, k_metadata);
    forget();
  }
  void TearDown() override {
    if (server_) forget();
  }
  void forget() {
    admin_->drop_database(production_);
    admin_->drop_database(target_);
  }

  void create(const std::string& name, const char* options = "{}") {
    Json command = {{"create", name}};
    command.update(Json::parse(options));
    admin_->command(production_, command);
  }
  void index(const std::string& collection, const char* definition) {
    admin_->create_indexes(production_, collection, {Json::parse(definition)});
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
    admin_->insert(production_, collection, batch);
  }

  DumpRequest request(Compression compression = Compression::automatic) {
    const DatabaseName source(production_);
    DumpRequest request{source, engine_->inspect(run(), source).items, true,
                        directory_.path() / fmt::format("archive-{}", ++made_),
                        ArchiveForm::directory};
    request.compression = compression;
    request.parallel = 3;
    return request;
  }
  /// The metadata that a use case makes of a dump.
  Metadata describe(const DumpResult& dumped) {
    Metadata metadata;
    metadata.source = production_;
    metadata.run = run().id();
    metadata.timestamp = dumped.cut;
    metadata.consistency = dumped.consistency;
    metadata.verified = dumped.verified;
    metadata.contents = dumped.contents;
    for (const auto& each : dumped.contents) {
      if (each.type == "collection") metadata.collections.push_back(each.name);
    }
    return metadata;
  }
  Metadata dump(const DumpRequest& request) { return describe(engine_->dump(run(), request)); }
  WriteTarget permission() const {
    const Topology topology{DatabaseName(production_),
                            {},
                            NamePattern(server_->database("a_pr_{number}")),
                            {},
                            {},
                            {DatabaseName("admin"), DatabaseName("local"), DatabaseName("config")}};
    return Gate(topology).permit(*parse_target("pr-1"), {});
  }
  /// Everything that a restore does. @returns how many collections were left in place.
  int load(const fs::path& archive, const Metadata& metadata) {
    const auto lease = engine_->lease(run(), permission(), {});
    StageRequest wanted{DatabaseName(production_), {}, metadata};
    wanted.archive = archive;
    wanted.parallel = 3;
    const auto staged = engine_->stage(run(), wanted, *lease);
    EXPECT_EQ(staged->outcome(), StageOutcome::complete) << staged->reason();
    EXPECT_EQ(staged->method(), "stream");
    const auto report = engine_->verify(run(), *staged, *lease);
    for (const auto& each : report.differences) {
      ADD_FAILURE() << each.collection << ": " << each.what << " " << each.expected << " "
                    << each.found;
    }
    EXPECT_EQ(report.method, Verified::checksum);
    auto filled = metadata;
    filled.target = "pr-1";
    filled.contents = report.contents;
    engine_->publish(run(), *staged, filled, *lease);
    return staged->unchanged();
  }
  void expect_carried(Compression compression = Compression::automatic) {
    const auto before = test::image(*admin_, production_);
    const auto asked = request(compression);
    const auto metadata = dump(asked);
    for (const auto& [name, image] : before.collections) {
      const auto* content = metadata.find(name);
      ASSERT_NE(content, nullptr) << name;
      if (content->type == "view") continue;
      EXPECT_EQ(content->documents, image.count) << name;
      if (name != "capped") {
        EXPECT_EQ(content->checksum, image.documents) << name;
      }
    }
    load(asked.path, metadata);
    EXPECT_EQ(test::differences(before, test::image(*admin_, target_)), Strings());
    EXPECT_EQ(test::differences(before, test::image(*admin_, production_)), Strings());
    const auto audited = engine_->audit(run(), DatabaseName(target_),
                                        *engine_->metadata(run(), DatabaseName(target_)));
    EXPECT_TRUE(audited.equal());
  }
  bool works(const Json& command) { return admin_->code_of(production_, command) == 0; }

  Error refused(const std::function<void()>& what) const {
    try {
      what();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return {ErrorKind::internal, ""};
  }
  /// Loading it fails with words about this file, and leaves nothing.
  void expect_refused(const fs::path& archive, const Metadata& metadata, const std::string& file) {
    const auto before = test::fingerprint(test::image(*admin_, target_));
    const auto error = refused([&] { load(archive, metadata); });
    EXPECT_EQ(error.kind(), ErrorKind::verification) << error.message();
    EXPECT_THAT(error.message(), HasSubstr("'" + file + "'"));
    EXPECT_EQ(test::fingerprint(test::image(*admin_, target_)), before);
    EXPECT_THAT(test::leftovers(*admin_, target_), IsEmpty());
  }
  tidegate::Run& run() { return witnessed_->run; }

  test::MongoServer* server_ = nullptr;
  std::unique_ptr<test::TestClient> admin_;
  std::unique_ptr<Engine> engine_;
  RealClock clock_;
  std::unique_ptr<test::WitnessedRun> witnessed_ = std::make_unique<test::WitnessedRun>(clock_);
  std::string production_, target_;
  test::TempDir directory_{"archives"};
  int made_ = 0;
};

TEST_F(MongoDbArchive, IsWhatTheEngineSaysItCanMake) {
  EXPECT_EQ(engine_->capabilities(run()).archive_forms, std::vector{ArchiveForm::directory});
}

TEST_F(MongoDbArchive, CarriesEveryKindOfIndex) {
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

TEST_F(MongoDbArchive, CarriesOptionsOfCollections) {
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
  for (const auto compression : {Compression::zstd, Compression::gzip, Compression::none}) {
    expect_carried(compression);
  }
}

TEST_F(MongoDbArchive, KeepsTheOrderOfACappedCollection) {
  create("log", R"({"capped": true, "size": 1048576})");
  for (const int id : {5, 3, 9, 1}) admin_->insert(production_, "log", {{{"_id", id}}});
  const auto asked = request();
  load(asked.path, dump(asked));
  const auto natural = [&](const std::string& database) {
    return admin_->command(database, {{"find", "log"}, {"sort", {{"$natural", 1}}}})
        .at("cursor")
        .at("firstBatch");
  };
  EXPECT_EQ(natural(target_), natural(production_));
  const auto target = DatabaseName(target_);
  EXPECT_TRUE(engine_->audit(run(), target, *engine_->metadata(run(), target)).equal());
}

TEST_F(MongoDbArchive, CarriesDocumentsThatBreakTheirOwnValidator) {
  fill("x");
  admin_->command(production_, {{"collMod", "x"},
                                {"validator", {{"impossible", {{"$exists", true}}}}},
                                {"validationLevel", "strict"},
                                {"validationAction", "error"}});
  expect_carried();
}

TEST_F(MongoDbArchive, CarriesViews) {
  fill("x");
  create("low", R"({"viewOn": "x", "pipeline": [{"$match": {"n": {"$lt": 10}}}]})");
  create("joined", R"({"viewOn": "low", "pipeline": [{"$lookup": {"from": "x", "localField": "n",
           "foreignField": "n", "as": "same"}}, {"$project": {"same.text": 1}}]})");
  create("french", R"({"viewOn": "x", "pipeline": [], "collation": {"locale": "fr"}})");
  create("ofNothing", R"({"viewOn": "notThere", "pipeline": []})");
  expect_carried();
  EXPECT_EQ(admin_->find(target_, "joined").size(), 10U);
}

TEST_F(MongoDbArchive, CarriesOddNamesAndIds) {
  for (const char* name : {"with space", "dotted.name.of.many", "Grüße", "名前", "quote'd\"",
                           "-dash", "UPPER", "upper", "a|b*c?", "{brace}", "'; drop", "%41",
                           "new\tline", "a/b", "a/../../b", "back\\slash"}) {
    fill(name, 3);
  }
  fill(std::string(120, 'n'), 3);
  std::string long_name;
  for (int i = 0; i < 50; ++i) long_name += "ö";  // 300 bytes as a file's name
  fill(long_name, 3);
  std::vector<Json> documents;
  for (const char* id : {R"({"$numberDouble": "NaN"})", R"({"$numberDouble": "-Infinity"})",
                         R"({"$numberDecimal": "1.10"})", R"({"$minKey": 1})", R"({"$maxKey": 1})",
                         R"("")", R"({"a": 1})", R"({"$timestamp": {"t": 1, "i": 2}})",
                         R"({"$binary": {"base64": "AAE=", "subType": "00"}})",
                         R"({"$date": {"$numberLong": "-1"}})", "true", "null"}) {
    documents.push_back({{"_id", Json::parse(id)}, {"", 1}, {"a.b", 2}});
  }
  admin_->insert(production_, "ids", documents);
  expect_carried();
}

TEST_F(MongoDbArchive, CarriesLargeAndManyDocuments) {
  admin_->insert(
      production_, "large",
      {{{"_id", 1}, {"text", std::string(15'900'000, 'x')}}, {{"_id", 2}, {"text", "small"}}});
  for (int part = 0; part < 5; ++part) {
    std::vector<Json> batch;
    for (int i = 0; i < 1000; ++i) {
      batch.push_back({{"_id", part * 1000 + i}, {"text", std::string(700, 'a')}});
    }
    admin_->insert(production_, "many", batch);
  }
  expect_carried();
}

TEST_F(MongoDbArchive, HasTheLayoutOfMongodump) {
  fill("orders", 7);
  create("low", R"({"viewOn": "orders", "pipeline": []})");
  const auto asked = request(Compression::none);
  const auto metadata = dump(asked);
  Strings files;
  for (const auto& each : fs::recursive_directory_iterator(asked.path)) {
    files.push_back(each.path().lexically_relative(asked.path).string());
  }
  EXPECT_THAT(files, UnorderedElementsAre(production_, production_ + "/orders.bson",
                                          production_ + "/orders.metadata.json",
                                          production_ + "/low.metadata.json"));
  // Documents one after another and nothing else.
  std::string raw;
  for (const auto& each : admin_->raw_documents(production_, "orders")) raw += each;
  EXPECT_TRUE(test::read_text(asked.path / production_ / "orders.bson") == raw);
  const auto text = Json::parse(test::read_text(asked.path / production_ / "orders.metadata.json"));
  EXPECT_EQ(text.at("collectionName"), "orders");
  EXPECT_EQ(text.at("type"), "collection");
  EXPECT_EQ(text.at("uuid").get<std::string>().size(), 32U);
  EXPECT_EQ(text.at("indexes").at(0).at("name"), "_id_");
  const auto view = Json::parse(test::read_text(asked.path / production_ / "low.metadata.json"));
  EXPECT_EQ(view.at("type"), "view");
  EXPECT_EQ(view.at("options").at("viewOn"), "orders");
  EXPECT_TRUE(view.at("indexes").empty());
}

TEST_F(MongoDbArchive, IsReadByMongorestore) {
  const auto program = test::find_program("mongorestore");
  if (!program) GTEST_SKIP() << "no mongorestore on the PATH: its word on the layout is missing";
  fill("orders");
  fill("odd/ name%41", 3);
  create("capped", R"({"capped": true, "size": 1048576})");
  create("low", R"({"viewOn": "orders", "pipeline": []})");
  index("orders", R"({"key": {"n": 1}, "name": "n", "unique": true})");
  for (const auto compression : {Compression::gzip, Compression::none}) {
    const auto asked = request(compression);
    dump(asked);
    test::Command command{{program->string(), "--uri", server_->uri(), "--nsFrom",
                           production_ + ".*", "--nsTo", target_ + ".*", "--dir",
                           asked.path.string()}};
    if (compression == Compression::gzip) command.argv.emplace_back("--gzip");
    admin_->drop_database(target_);
    const auto outcome = test::run(command, directory_.path());
    EXPECT_EQ(outcome.exit_code, 0) << outcome;
    EXPECT_EQ(test::differences(test::image(*admin_, production_), test::image(*admin_, target_)),
              Strings());
  }
}

TEST_F(MongoDbArchive, CompressedIsReadByTheUsualPrograms) {
  fill("orders", 500);
  std::string raw;
  for (const auto& each : admin_->raw_documents(production_, "orders")) raw += each;
  for (const auto& [compression, name, ending] :
       {std::tuple{Compression::zstd, "zstd", ".zst"}, {Compression::gzip, "gzip", ".gz"}}) {
    const auto program = test::find_program(name);
    if (!program) GTEST_SKIP() << "no " << name << " on the PATH";
    const auto asked = request(compression);
    dump(asked);
    const auto file = asked.path / production_ / (std::string("orders.bson") + ending);
    const auto outcome =
        test::run({{program->string(), "-d", "-c", file.string()}}, directory_.path());
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_TRUE(outcome.out == raw) << name;
  }
}

TEST_F(MongoDbArchive, SaysWhatWasNotReadAtOneMoment) {
  fill("x");
  const auto dumped = dump(request());
  // The abilities of a server other than MongoDB's own are known only now.
  EXPECT_EQ(dumped.consistency, engine_->capabilities(run()).point_in_time
                                    ? Consistency::point_in_time
                                    : Consistency::per_collection);
  create("capped", R"({"capped": true, "size": 1048576})");
  EXPECT_EQ(dump(request()).consistency, Consistency::per_collection);
  auto asked = request();
  asked.consistency = ConsistencyWish::require;
  const auto error = refused([&] { engine_->dump(run(), asked); });
  EXPECT_EQ(error.kind(), ErrorKind::refused);
  EXPECT_FALSE(fs::exists(asked.path));
}

TEST_F(MongoDbArchive, LeavesInPlaceWhatIsEqual) {
  fill("x");
  fill("y");
  const auto asked = request();
  const auto metadata = dump(asked);
  EXPECT_EQ(load(asked.path, metadata), 0);
  EXPECT_EQ(load(asked.path, metadata), 2);
  admin_->update_one(target_, "y", {{"_id", 1}}, {{"$set", {{"text", "VALUE 1"}}}});
  EXPECT_EQ(load(asked.path, metadata), 1);
  EXPECT_EQ(test::differences(test::image(*admin_, production_), test::image(*admin_, target_)),
            Strings());
}

TEST_F(MongoDbArchive, IsADirectoryWhateverFormIsAskedFor) {
  fill("x");
  auto asked = request();
  asked.form = ArchiveForm::custom;
  const auto dumped = engine_->dump(run(), asked);
  EXPECT_EQ(dumped.format, "mongodump directory, zstd");
  EXPECT_EQ(dumped.method, "stream");
  EXPECT_TRUE(fs::is_directory(asked.path / production_));
}

TEST_F(MongoDbArchive, OverwritesNothing) {
  fill("x");
  auto asked = request();
  asked.path = directory_.write("there", "another client's");
  refused([&] { engine_->dump(run(), asked); });
  EXPECT_EQ(test::read_text(asked.path), "another client's");
}

TEST_F(MongoDbArchive, EndsWhenTheRunIsStopped) {
  fill("x");
  auto asked = request();
  witnessed_->stop.request_stop();
  EXPECT_EQ(refused([&] { engine_->dump(run(), asked); }).kind(), ErrorKind::cancelled);
}

TEST_F(MongoDbArchive, DamagedInAnyFileIsRefusedByItsName) {
  fill("orders", 2000);
  fill("others", 5);
  const auto asked = request();
  const auto metadata = dump(asked);
  const auto file = asked.path / production_ / "orders.bson.zst";
  const auto whole = test::read_text(file);
  const auto put = [&](const std::string& text) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
  };
  for (const auto length : {std::size_t{0}, std::size_t{3}, whole.size() / 2, whole.size() - 1}) {
    put(whole.substr(0, length));
    expect_refused(asked.path, metadata, "orders.bson.zst");
  }
  auto changed = whole;
  changed[whole.size() / 2] = static_cast<char>(changed[whole.size() / 2] ^ 1);
  put(changed);
  expect_refused(asked.path, metadata, "orders.bson.zst");
  fs::copy_file(asked.path / production_ / "others.bson.zst", file,
                fs::copy_options::overwrite_existing);
  expect_refused(asked.path, metadata, "orders.bson.zst");
  put(whole + whole);
  expect_refused(asked.path, metadata, "orders.bson.zst");
  put(whole);
  load(asked.path, metadata);
}

TEST_F(MongoDbArchive, PlainAndCutBetweenTwoDocumentsIsNoticedToo) {
  fill("orders", 10);
  const auto asked = request(Compression::none);
  const auto metadata = dump(asked);
  const auto file = asked.path / production_ / "orders.bson";
  const auto documents = admin_->raw_documents(production_, "orders");
  std::string text;
  for (std::size_t i = 0; i + 1 < documents.size(); ++i) text += documents[i];
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
  expect_refused(asked.path, metadata, "orders.bson");
}

/// An attacker who makes up the files can make the metadata fit them.
TEST_F(MongoDbArchive, MadeUpIsRefusedByTheServerAndLeavesNothing) {
  fill("orders", 2);
  const auto asked = request(Compression::none);
  auto metadata = dump(asked);
  const auto put = [&](const std::string& content) {
    std::ofstream(asked.path / production_ / "orders.bson", std::ios::binary | std::ios::trunc)
        << content;
    Md5 md5;
    md5.add(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
    auto& recorded = metadata.contents.front();
    recorded.checksum = md5.hex();
    recorded.documents = 2;
    recorded.bytes = Bytes{static_cast<std::int64_t>(content.size())};
  };
  const auto one = admin_->raw_documents(production_, "orders").front();
  put(one + one);
  expect_refused(asked.path, metadata, "orders.bson");
  // A string that says to be longer than its document.
  auto lying = one;
  const auto text = lying.find("value 0");
  ASSERT_NE(text, std::string::npos);
  lying[text - 2] = '\x7F';
  put(one + lying);
  refused([&] { load(asked.path, metadata); });
  EXPECT_THAT(admin_->collections(target_), testing::Each(k_metadata));
}

TEST_F(MongoDbArchive, WithFilesThatDoNotBelongThereIsRefused) {
  fill("orders");
  const auto asked = request();
  const auto metadata = dump(asked);
  const auto more = asked.path / production_ / "system.users.bson.zst";
  std::ofstream(more) << "x";
  expect_refused(asked.path, metadata, "system.users.bson.zst");
  fs::remove(more);
  fs::remove(asked.path / production_ / "orders.metadata.json.zst");
  expect_refused(asked.path, metadata, "orders.metadata.json.zst");
}

/// Does something once a collection is being read.
class DuringDump final : public Progress {
 public:
  explicit DuringDump(std::function<void()> what) : what_(std::move(what)) {}
  void begin(std::string_view, std::string_view, std::string_view) override {}
  void step(Mark, std::string_view, std::string_view) override {}
  void expect(int, std::int64_t, Bytes) override {}
  void item_started(std::string_view, std::int64_t, Bytes) override {}
  void item_advanced(std::string_view, std::string_view, std::int64_t) override {
    if (what_) std::exchange(what_, nullptr)();
  }
  void item_finished(std::string_view, const ItemResult&) override {}
  void end() override {}

 private:
  std::function<void()> what_;
};

class MongoDbArchiveMeanwhile : public MongoDbArchive {
 protected:
  void SetUp() override {
    MongoDbArchive::SetUp();
    if (!server_) return;
    for (int part = 0; part < 8; ++part) {
      std::vector<Json> batch;
      for (int i = 0; i < 1000; ++i) {
        batch.push_back({{"_id", part * 1000 + i}, {"text", std::string(1000, 'a')}});
      }
      admin_->insert(production_, "x", batch);
    }
  }
  Error dump_while(const std::function<void()>& what) {
    DuringDump progress(what);
    tidegate::Run own(make_run_id(clock_), clock_, witnessed_->log, progress, stop_.get_token(),
                      {});
    const auto asked = request();
    return refused([&] { engine_->dump(own, asked); });
  }
  std::stop_source stop_;
};

TEST_F(MongoDbArchiveMeanwhile, StoppedHalfWayItEndsAndClosesItsCursor) {
  const auto open = [&] {
    return admin_->command("admin", {{"serverStatus", 1}})
        .value(Json::json_pointer("/metrics/cursor/open/total"), std::int64_t{0});
  };
  const auto before = open();
  EXPECT_EQ(dump_while([&] { stop_.request_stop(); }).kind(), ErrorKind::cancelled);
  EXPECT_TRUE(test::eventually([&] { return open() <= before; }, std::chrono::seconds(60)));
}

TEST_F(MongoDbArchiveMeanwhile, AnIndexThatComesUnderItIsNoticed) {
  const auto error = dump_while([&] { index("x", R"({"key": {"n": 1}, "name": "late"})"); });
  EXPECT_EQ(error.kind(), ErrorKind::remote);
  EXPECT_THAT(error.message(), HasSubstr("changed under the dump"));
}

TEST_F(MongoDbArchiveMeanwhile, ACollectionThatGoesUnderItIsNoticed) {
  const auto error = dump_while([&] { admin_->drop_collection(production_, "x"); });
  EXPECT_EQ(error.kind(), ErrorKind::remote) << error.message();
}

}  // namespace
}  // namespace tidegate::engine::mongodb
