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

ObjectStorage storage_of(const std::string& keys, Environment environment = {}) {
  const auto section = keys.empty() ? std::string("directory: 's3://b'")
                                    : "directory: 's3://b', storage: {" + keys + "}";
  return with(section, std::move(environment)).archives("app")->storage;
}

const Environment k_session{{"AWS_ACCESS_KEY_ID", "ASIA1"},
                            {"AWS_SECRET_ACCESS_KEY", "the key"},
                            {"AWS_SESSION_TOKEN", "the+session"}};
const Environment k_pod{{"AWS_ROLE_ARN", "arn:role"},
                        {"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"},
                        {"AWS_ROLE_SESSION_NAME", "pod"},
                        {"AWS_ENDPOINT_URL_STS", "http://sts"}};

TEST(Archives, InAnObjectStoreTakeASessionTokenWithTheKeysItBelongsTo) {
  const auto storage = storage_of("", k_session);
  EXPECT_EQ(storage.key_id, "ASIA1");
  EXPECT_EQ(storage.session_token.reveal(), "the+session");
  EXPECT_EQ(sample::redactor().clean("the+session!"), "***!");
  EXPECT_TRUE(
      storage_of("access_key_id: id, secret_access_key: k", k_session).session_token.empty());
  EXPECT_EQ(storage_of("session_token: '${T}'",
                       [] {
                         auto environment = k_session;
                         environment["T"] = "another";
                         return environment;
                       }())
                .session_token.reveal(),
            "another");
}

TEST(Archives, InAnObjectStoreTakeAnIssuerOfKeysWhereNoKeysAreWrittenDown) {
  const auto pod = storage_of("", k_pod);
  EXPECT_EQ(pod.key_id, "");
  const auto& role = std::get<WebIdentity>(pod.issuer);
  EXPECT_EQ(role.role_arn + role.token_file + role.session_name + role.endpoint,
            "arn:role/tokenpodhttp://sts");
  const auto agent = std::get<CredentialsEndpoint>(
      storage_of("", {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1"},
                      {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/agent"}})
          .issuer);
  EXPECT_EQ(agent.uri + " " + agent.token_file, "http://169.254.170.23/v1 /agent");
  const auto task = std::get<CredentialsEndpoint>(
      storage_of("", {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"}}).issuer);
  EXPECT_EQ(task.uri, "http://169.254.170.2/v2/x");
  const auto profile = std::get<SharedCredentials>(
      storage_of("", {{"AWS_PROFILE", "backup"}, {"HOME", "/home/me"}}).issuer);
  EXPECT_EQ(profile.profile + " " + profile.file, "backup /home/me/.aws/credentials");
  const auto shared = std::get<SharedCredentials>(storage_of("credentials_file: /c", k_pod).issuer);
  EXPECT_EQ(shared.profile + " " + shared.file, "default /c");
}

TEST(Archives, InAnObjectStoreTakeTheKeysOfTheFileBeforeThoseOfTheEnvironment) {
  auto both = k_session;
  both.insert(k_pod.begin(), k_pod.end());
  EXPECT_EQ(storage_of("", both).key_id, "ASIA1") << "as Amazon's tools do";
  const auto role = storage_of("role_arn: arn:mine", both);
  EXPECT_EQ(role.key_id, "");
  EXPECT_EQ(std::get<WebIdentity>(role.issuer).role_arn, "arn:mine");
  EXPECT_EQ(storage_of("access_key_id: id, secret_access_key: k", both).key_id, "id");
  const auto two = with("directory: 's3://b', storage: {role_arn: a, access_key_id: i}", k_pod);
  const auto error = sample::error_of([&] { two.archives("app"); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.message(), HasSubstr("access_key_id' and "));
}

TEST(Archives, InAnObjectStoreWithHalfARoleNameTheOtherHalf) {
  const auto config = with("directory: 's3://b', storage: {role_arn: a}");
  EXPECT_THAT(sample::error_of([&] { config.archives("app"); }).message(),
              HasSubstr("storage.web_identity_token_file' is not configured"));
  // One of the variables alone may be there for another program.
  EXPECT_THAT(sample::error_of([&] {
                with("directory: 's3://b'", {{"AWS_ROLE_ARN", "a"}}).archives("app");
              }).message(),
              HasSubstr("access_key_id' is not configured"));
}

TEST(Archives, InAnObjectStoreHaveAnAddressAndAuthorities) {
  const auto keys = std::string("access_key_id: i, secret_access_key: k");
  EXPECT_EQ(storage_of(keys).addressing, Addressing::automatic);
  EXPECT_EQ(storage_of(keys + ", addressing: path").addressing, Addressing::path);
  EXPECT_EQ(storage_of(keys + ", addressing: virtual").addressing, Addressing::virtual_host);
  EXPECT_EQ(storage_of(keys + ", ca_file: /ca").ca_file, "/ca");
  EXPECT_EQ(storage_of(keys, {{"AWS_CA_BUNDLE", "/bundle"}}).ca_file, "/bundle");
  EXPECT_EQ(
      storage_of(keys, {{"AWS_ENDPOINT_URL", "http://a"}, {"AWS_ENDPOINT_URL_S3", "http://b"}})
          .endpoint,
      "http://b");
  EXPECT_EQ(storage_of(keys, {{"AWS_DEFAULT_REGION", "eu-3"}}).region, "eu-3");
  EXPECT_EQ(sample::error_of([&] { storage_of(keys + ", addressing: host"); }).kind(),
            ErrorKind::config);
}

TEST(Archives, AreUnprovenWhereAValueIsMissingHere) {
  const auto config = with("directory: 's3://b', storage: {access_key_id: '${ID}'}");
  const auto found = config.try_archives("app");
  ASSERT_TRUE(found.missing);
  EXPECT_THAT(found.missing->message(), HasSubstr("ID"));
  EXPECT_FALSE(*with(k_place).try_archives("app").value);
  EXPECT_EQ((*with("directory: '/d'").try_archives("app").value)->place, "/d");
  EXPECT_EQ(sample::error_of([&] { with("directory: 'gs://b'").try_archives("app"); }).kind(),
            ErrorKind::config);
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
              ElementsAre("addressing=auto", "region=eu-2", "secret_access_key=***",
                          "role_session_name=tidegate"));
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
