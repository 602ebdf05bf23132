#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample.hpp"

namespace tidegate::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view k_place = "database: app_snapshot, schedule: '0 3 * * 0'";

Config with(std::string_view keys, Environment environment = {}, Flags flags = {}) {
  environment.emplace("PROD", "mongodb://h/");
  environment.emplace("PREVIEW", "mongodb://h/");
  return sample::load(sample::changed(k_place, keys), std::move(environment), std::move(flags));
}

Config postgresql(std::string_view keys, Environment environment = {}) {
  auto sources = sample::sources(std::move(environment));
  sources.engine_databases = sample::both_engines;
  return load_text("databases:\n  app:\n    engine: postgresql\n" + std::string(keys),
                   "tidegate.yaml", sources, sample::redactor());
}

TEST(Archives, AreNotThereWhereTheSnapshotIsADatabase) {
  const auto config = with(k_place);
  EXPECT_FALSE(config.archives("app"));
  EXPECT_FALSE(config.snapshot_plan("app").archives);
}

TEST(Archives, AreOfBothEnginesWithTheirDefaults) {
  const auto plan = with("directory: /snapshots").snapshot_plan("app");
  ASSERT_TRUE(plan.archives);
  EXPECT_EQ(plan.archives->place, "/snapshots");
  EXPECT_EQ(plan.archives->form, ArchiveForm::custom);
  EXPECT_EQ(plan.archives->compression, Compression::automatic);
  EXPECT_FALSE(plan.archives->checksums);
  EXPECT_TRUE(plan.archives->retention.everything());
  EXPECT_FALSE(plan.topology.snapshot);
  const auto other = postgresql(
      "    production: {uri: 'postgresql://h/'  , database: app}\n    snapshot: {directory: /s}\n");
  EXPECT_EQ(other.snapshot_plan("app").archives->place, "/s");
}

TEST(Archives, HoldEverythingThatIsConfigured) {
  const auto archives = with(
                            "directory: d, format: directory, compress: gzip, checksums: yes, "
                            "keep: 7, keep_daily: 14, keep_weekly: 8, keep_monthly: 12")
                            .archives("app");
  EXPECT_EQ(archives->form, ArchiveForm::directory);
  EXPECT_EQ(archives->compression, Compression::gzip);
  EXPECT_TRUE(archives->checksums);
  EXPECT_EQ(archives->retention.last, 7);
  EXPECT_EQ(archives->retention.daily, 14);
  EXPECT_EQ(archives->retention.weekly, 8);
  EXPECT_EQ(archives->retention.monthly, 12);
  EXPECT_EQ(with("directory: d, compress: zstd").archives("app")->compression, Compression::zstd);
  EXPECT_EQ(with("directory: d, compress: none").archives("app")->compression, Compression::none);
}

TEST(Archives, InAnObjectStoreTakeItsKeysFromTheFile) {
  const auto storage = with(
                           "directory: 's3://b/p', storage: {endpoint: 'https://s3.test', "
                           "region: eu-1, access_key_id: id, secret_access_key: '${KEY}'}",
                           {{"KEY", "hush"}, {"AWS_ACCESS_KEY_ID", "other"}})
                           .archives("app")
                           ->storage;
  EXPECT_EQ(storage.endpoint, "https://s3.test");
  EXPECT_EQ(storage.region, "eu-1");
  EXPECT_EQ(storage.key_id, "id");
  EXPECT_EQ(storage.key.reveal(), "hush");
  EXPECT_EQ(storage.origin, "databases.app.snapshot.storage");
  EXPECT_EQ(sample::redactor().clean("hush!"), "***!");
}

TEST(Archives, InAnObjectStoreTakeItsKeysFromTheUsualVariables) {
  const auto storage = with("directory: 's3://b'", {{"AWS_ACCESS_KEY_ID", "id"},
                                                    {"AWS_SECRET_ACCESS_KEY", "the key"},
                                                    {"AWS_REGION", "eu-2"},
                                                    {"AWS_ENDPOINT_URL", "http://127.0.0.1:9"}})
                           .archives("app")
                           ->storage;
  EXPECT_EQ(storage.key_id, "id");
  EXPECT_EQ(storage.key.reveal(), "the key");
  EXPECT_EQ(storage.region, "eu-2");
  EXPECT_EQ(storage.endpoint, "http://127.0.0.1:9");
}

TEST(Archives, InAnObjectStoreWithoutKeysNameBothWaysToGiveThem) {
  const auto config = with("directory: 's3://b'");
  const auto error = sample::error_of([&] { config.archives("app"); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_EQ(error.message(), "'databases.app.snapshot.storage.access_key_id' is not configured");
  EXPECT_THAT(error.hint(), HasSubstr("TIDEGATE_DATABASES_APP_SNAPSHOT_STORAGE_ACCESS_KEY_ID or "
                                      "AWS_ACCESS_KEY_ID"));
  EXPECT_FALSE(with("directory: /d").archives("app")->storage.key.reveal().size());
}

TEST(Archives, InAPlaceOfAnUnknownKindAreRefused) {
  const auto config = with("directory: 'gs://b'");
  const auto error = sample::error_of([&] { config.archives("app"); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.message(), HasSubstr("databases.app.snapshot.directory: 'gs://b' is no place"));
}

TEST(Archives, BesideADatabaseAreRefusedAlsoWhenAVariableBringsThem) {
  const auto error = sample::error_of([] {
    with(k_place, {{"TIDEGATE_DATABASES_APP_SNAPSHOT_DIRECTORY", "/snapshots"}});
  });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.message(), HasSubstr("both 'database' and 'directory' are given"));
}

TEST(Archives, CanBeNamedForARestoreAndOnlyThere) {
  const Flags flags{{"--from", "app-20261122T030000Z.dump"}};
  const auto target = parse_target("pr-1").value();
  const auto plan = with("directory: /d", {}, flags).restore_plan("app", target, {});
  EXPECT_EQ(plan.from, "app-20261122T030000Z.dump");
  EXPECT_EQ(plan.archives->place, "/d");
  EXPECT_EQ(with("directory: /d").restore_plan("app", target, {}).from, "");
  const auto config = with(k_place, {}, flags);
  const auto error = sample::error_of([&] { config.restore_plan("app", target, {}); });
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_THAT(error.message(), HasSubstr("--from"));
}

TEST(Archives, AreShownWithTheirKeysOnlyWhereTheyAre) {
  const auto keys = [](const Config& config) {
    std::vector<std::string> found;
    for (const auto& row : config.show()) {
      if (row.key.find("storage") != std::string::npos) {
        found.push_back(row.key.substr(row.key.rfind('.') + 1) + "=" + row.value);
      }
    }
    return found;
  };
  const Environment environment{{"AWS_REGION", "eu-2"}, {"AWS_SECRET_ACCESS_KEY", "hush"}};
  EXPECT_THAT(keys(with(k_place, environment)), ElementsAre());
  EXPECT_THAT(keys(with("directory: /d", environment)), ElementsAre());
  EXPECT_THAT(keys(with("directory: 's3://b'", environment)),
              ElementsAre("region=eu-2", "secret_access_key=***"));
}

TEST(Postgresql, MayHaveAnyNames) {
  const auto config = postgresql(
      "    production: {uri: 'postgresql://h/', database: \"Ünï 'co\\\"de.$\"}\n"
      "    snapshot: {database: 'a b/c'}\n    previews: {database: 'p r.{number}', owner: app}\n"
      "    targets: {staging: {database: 'st*ge'}}\n    protected: ['x.y']\n");
  const auto topology = config.topology("app");
  EXPECT_EQ(topology.production.text(), "Ünï 'co\"de.$");
  EXPECT_EQ(topology.snapshot->text(), "a b/c");
  EXPECT_EQ(topology.previews->text(), "p r.{number}");
  EXPECT_EQ(topology.targets.at("staging").text(), "st*ge");
  EXPECT_EQ(topology.protected_names.front().text(), "x.y");
  EXPECT_EQ(topology.engine_own.size(), 3U);
  EXPECT_EQ(config.copy_settings("app").owner, "app");
}

TEST(Postgresql, KeepsItsOwnDatabases) {
  const auto error = sample::error_of(
      [] { postgresql("    production: {database: app}\n    snapshot: {database: template1}\n"); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.message(), HasSubstr("'template1', which belongs to the server itself"));
}

TEST(Postgresql, TakesProductionsNameFromTheConnectionString) {
  const std::string snapshot = "    snapshot: {directory: /d}\n";
  const auto config = postgresql("    production: {uri: '${PROD}'}\n" + snapshot,
                                 {{"PROD", "postgresql://h/a%20b"}});
  EXPECT_EQ(config.snapshot_plan("app").topology.production.text(), "a b");
  const auto without = postgresql("    production: {uri: 'postgresql://u:hush@h'}\n" + snapshot);
  const auto error = sample::error_of([&] { without.topology("app"); });
  EXPECT_EQ(error.message(), "'databases.app.production.database' is not configured");
  EXPECT_TRUE(
      postgresql("    production: {uri: '${PROD}'}\n" + snapshot).try_topology("app").missing);
  const auto missing = sample::error_of([&] { postgresql(snapshot); });
  EXPECT_THAT(missing.message(), HasSubstr("databases.app.production.database: is missing"));
}

}  // namespace
}  // namespace tidegate::config
