// Seed data that tidegate puts into previews: the program as built, both engines.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "support/postgresql_program.hpp"
#include "support/pull_program.hpp"

namespace tidegate::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class SeedOfMongodb : public PullProgram {
 protected:
  std::filesystem::path files() const { return flow_->directory().path() / "seed"; }
  void use_files() {
    std::filesystem::create_directory(files());
    flow_->directory().write("seed/studies.json", R"([{"_id": 1, "title": "a"}, {"_id": 2}])");
    flow_->directory().write(
        "seed/studies.metadata.json",
        R"({"options": {}, "indexes": [{"v": 2, "key": {"_id": 1}, "name": "_id_"},
                             {"v": 2, "key": {"title": 1}, "name": "title_1"}]})");
    flow_->directory().write("seed/users.json", "{\"_id\": 1}\n{\"_id\": 2}\n{\"_id\": 3}\n");
    flow_->add_to_config("previews", fmt::format("seed: {{file: '{}'}}", files().string()));
  }
  int count(const std::string& collection) {
    return flow_->admin().command(database(), {{"count", collection}}).at("n").get<int>();
  }
};

TEST_F(SeedOfMongodb, FilesFillAPreviewAndMakeWayForTheSnapshot) {
  use_files();
  label("preview");
  EXPECT_THAT(sync().dump(), HasSubstr("filled with seed data"));
  EXPECT_EQ(holds(), "seed");
  EXPECT_EQ(flow_->metadata(database()).at("status"), "complete");
  EXPECT_EQ(count("studies"), 2);
  EXPECT_EQ(count("users"), 3);
  const auto indexes = flow_->admin()
                           .command(database(), {{"listIndexes", "studies"}})
                           .at("cursor")
                           .at("firstBatch");
  EXPECT_EQ(indexes.size(), 2U);
  work_in_it();
  sync();
  EXPECT_FALSE(is_touched());

  flow_->expect(0, {"snapshot"});
  label("use-snapshot");
  sync();
  EXPECT_EQ(holds(), "snapshot");
  unlabel("use-snapshot");
  sync();
  EXPECT_EQ(holds(), "seed");
  EXPECT_EQ(count("users"), 3);
}

/// Made of the snapshot's documents by hand, since mongodump is not installed.
TEST_F(SeedOfMongodb, ADirectoryOfMongodumpFillsAPreviewWithIndexesAndNothingElse) {
  use_files();
  const auto gzip = [&](const std::string& name, const std::string& text) {
    flow_->directory().write("seed/" + name, text);
    ASSERT_EQ(std::system(fmt::format("gzip -f '{}'", (files() / name).string()).c_str()), 0);
  };
  for (const auto* name : {"studies.json", "studies.metadata.json", "users.json"}) {
    std::filesystem::remove(files() / name);
  }
  gzip("prelude.json", R"({"ServerVersion":"7.0.14","ToolVersion":"100.10.0"})");
  gzip("users.metadata.json",
       R"({"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"},
           {"v":{"$numberInt":"2"},"unique":true,"key":{"mail":{"$numberInt":"1"}},"name":"mail_1"}],
           "uuid":"2f0d","collectionName":"users","type":"collection"})");
  constexpr std::size_t k_size = 26;  // {_id: 1, at: Timestamp(0, 0)}
  gzip("users.bson", {"\x1a\0\0\0\x10_id\0\1\0\0\0\x11"
                      "at\0\0\0\0\0\0\0\0\0",
                      k_size});
  gzip("system.js.bson", "");
  gzip("snapshot_metadata.bson", "");
  label("preview");
  sync();
  EXPECT_EQ(flow_->metadata(database()).at("status"), "complete");
  EXPECT_EQ(count("users"), 1);
  EXPECT_EQ(flow_->admin().collections(database()),
            (std::vector<std::string>{"snapshot_metadata", "users"}));
  const auto indexes =
      flow_->admin().command(database(), {{"listIndexes", "users"}}).at("cursor").at("firstBatch");
  ASSERT_EQ(indexes.size(), 2U);
  EXPECT_EQ(indexes[1].at("unique"), true);
}

TEST_F(SeedOfMongodb, AFileThatIsWrongIsNamedAndTheNextSyncBeginsAnew) {
  use_files();
  flow_->directory().write("seed/users.json", "{\"_id\": 1}\n{\"_id\": 1}\n");
  label("preview");
  const auto failed = flow_->expect(3, {"pr", "sync", std::to_string(number_)}, environment_);
  EXPECT_THAT(failed.err, HasSubstr("users.json"));
  EXPECT_EQ(flow_->metadata(database()).at("status"), "publishing");
  EXPECT_THAT(flow_->expect(0, {"status"}, environment_).out, HasSubstr("seed data, not finished"));
  flow_->directory().write("seed/users.json", "{\"_id\": 1}\n");
  sync();
  EXPECT_EQ(flow_->metadata(database()).at("status"), "complete");
  EXPECT_EQ(count("users"), 1);
}

TEST_F(SeedOfMongodb, ACommandHasTheConnectionStringAndEndsWithTheRun) {
  const auto told = flow_->directory().path() / "told";
  flow_->add_to_config(
      "previews",
      fmt::format("seed: {{command: 'echo \"$TIDEGATE_URI\" >{}; sleep 600'}}", told.string()));
  const auto target = fmt::format("pr-{}", number_);
  const auto stopped = flow_->expect(
      12, {"drop", target, "--seed", "--commit", "4be1c02", "--yes", "--timeout", "3s"},
      environment_);
  Flow::expect_no_secret(stopped.out + stopped.err);
  std::ifstream in(told);
  std::string uri;
  std::getline(in, uri);
  EXPECT_THAT(
      uri, AllOf(HasSubstr("mongodb://"), HasSubstr("/" + database()), HasSubstr("authSource=")));
  // It is a connection string of the preview's own user.
  TestClient client(uri);
  EXPECT_NO_THROW(client.insert(database(), "by_hand", {{{"_id", 1}}}));
  EXPECT_EQ(flow_->metadata(database()).at("status"), "publishing");
}

class SeedOfPostgresql : public PostgresqlProgram {
 protected:
  void seed_by(const Json& how, const std::string& owner = {}) {
    configure(Json{{"database", snapshot()}}.dump());
    const auto path = directory.path() / "tidegate.yaml";
    std::ifstream in(path);
    auto yaml = Json::parse(in);
    in.close();
    yaml["databases"]["shop"]["previews"]["seed"] = how;
    if (!owner.empty()) yaml["databases"]["shop"]["previews"]["owner"] = owner;
    directory.write("tidegate.yaml", yaml.dump(2));
  }
  Outcome seed(int exit_code) {
    return tidegate(exit_code, {"drop", "pr-1", "--seed", "--commit", "4be1c02", "--yes"});
  }
};

TEST_F(SeedOfPostgresql, AFileIsLoadedWholeOrNotAtAll) {
  const auto file =
      directory.write("seed.sql", "CREATE TABLE a (n int);\nCOPY a FROM stdin;\n1\n2\n\\.\n");
  seed_by({{"file", file.string()}});
  EXPECT_THAT(seed(0).out, HasSubstr("seed data"));
  EXPECT_EQ(in(preview()).text("SELECT count(*) FROM a"), "2");
  EXPECT_THAT(comment(preview()), AllOf(HasSubstr("seed"), HasSubstr("complete")));

  directory.write("seed.sql", "CREATE TABLE b (n int);\nSELECT 1 FROM nowhere;\n");
  const auto failed = seed(3);
  EXPECT_THAT(failed.err, AllOf(HasSubstr("seed.sql:2"), HasSubstr("nowhere")));
  EXPECT_EQ(in(preview()).text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
  EXPECT_THAT(comment(preview()), HasSubstr("publishing"));
  std::filesystem::remove(file);
  EXPECT_THAT(seed(3).err, HasSubstr("seed.sql"));
}

TEST_F(SeedOfPostgresql, AFileIsLoadedAsTheOwnerWhoIsConfigured) {
  auto admin = server->client();
  const auto owner = named("app");
  admin.run("CREATE ROLE " + admin.identifier(owner));
  admin.run("GRANT " + admin.identifier(owner) + " TO " + admin.identifier(user()));
  const auto file = directory.write("seed.sql", "CREATE SCHEMA s; CREATE TABLE s.a (n int);\n");
  seed_by({{"file", file.string()}}, owner);
  seed(0);
  const auto owner_of = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'a'";
  EXPECT_EQ(in(preview()).text(owner_of), owner);
  EXPECT_EQ(
      admin.text("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1", {preview()}),
      owner);
  seed(0);  // by another user than the owner, who has to be able to replace it
  tidegate(0, {"drop", "pr-1", "--yes"});
}

TEST_F(SeedOfPostgresql, ACommandHasTheConnectionString) {
  seed_by({{"command", "psql \"$TIDEGATE_URI\" --quiet --command='CREATE TABLE made (n int)'"}});
  seed(0);
  EXPECT_EQ(in(preview()).text("SELECT count(*) FROM made"), "0");
  seed_by({{"command", "echo \"cannot: $TIDEGATE_URI\"; exit 4"}});
  EXPECT_THAT(seed(13).err, AllOf(HasSubstr("exit code 4"), HasSubstr("cannot")));
}

}  // namespace
}  // namespace tidegate::test
