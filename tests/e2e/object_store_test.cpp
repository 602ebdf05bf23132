// Archives in an object store, by the program as built, of both engines.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>

#include "support/postgresql_program.hpp"
#include "support/program_flow.hpp"
#include "support/s3_server.hpp"

namespace tidegate::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

using Strings = std::vector<std::string>;

/// The snapshot section that keeps its archives there.
Json section_of(const ArchivePlan& plan) {
  return {{"directory", plan.place},
          {"keep", 2},
          {"storage",
           {{"endpoint", plan.storage.endpoint},
            {"region", plan.storage.region},
            {"access_key_id", plan.storage.key_id},
            {"secret_access_key", "${OBJECT_STORE_KEY}"}}}};
}

Strings archives_in(const S3Server& store, const std::string& bucket) {
  Strings found;
  for (const auto& key : store.keys(bucket)) {
    if (key.find("Z.dump") != std::string::npos && !key.ends_with(".json")) found.push_back(key);
  }
  return found;
}

void damage(const std::filesystem::path& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(path) / 2));
  file << "damage";
}

class PostgresqlInObjectStore : public PostgresqlProgram {};

TEST_F(PostgresqlInObjectStore, IsKeptRestoredProvedAndFoundDamaged) {
  TIDEGATE_NEEDS_S3(store);
  const auto bucket = store->make_bucket();
  configure(section_of(store->plan(bucket, "shop/daily")).dump());
  const Variables key{{"OBJECT_STORE_KEY", S3Server::secret()}};
  const auto works = [&](const Strings& arguments) {
    const auto outcome = tidegate(0, arguments, key);
    EXPECT_EQ(outcome.all().find(S3Server::secret()), std::string::npos);
  };
  for (int i = 0; i < 3; ++i) works({"snapshot"});
  EXPECT_EQ(archives_in(*store, bucket).size(), 2U) << "two are kept";
  works({"restore", "pr-1"});
  EXPECT_EQ(differences(image(production()), image(preview())), Strings());
  works({"verify", "pr-1"});
  works({"verify", "snapshot", "--restore"});
  works({"status"});
  works({"drop", "pr-1"});
  for (const auto& archive : archives_in(*store, bucket)) damage(store->file(bucket, archive));
  tidegate(10, {"restore", "pr-1"}, key);
  EXPECT_FALSE(exists(preview()));
  tidegate(9, {"snapshot", "--retries", "0"}, {{"OBJECT_STORE_KEY", "a-wrong-key"}});
}

/// Its row of `check --json`, as `failed: message` with the hint on a line of its own.
std::string finding(const Outcome& outcome, const std::string& name) {
  const auto document = outcome.json();
  for (const auto& row : document.at("checks")) {
    if (row.at("name") != name) continue;
    return row.at("result").get<std::string>() + ": " + row.at("message").get<std::string>() +
           "\n" + row.at("hint").get<std::string>();
  }
  return "no row '" + name + "': " + outcome.out;
}

TEST_F(PostgresqlInObjectStore, IsTriedByCheckWhichFindsWhatTheRunWouldMeet) {
  TIDEGATE_NEEDS_S3(store);
  const Variables key{{"OBJECT_STORE_KEY", S3Server::secret()}};
  const auto bucket = store->make_bucket();
  auto section = section_of(store->plan(bucket, "shop"));
  const auto check = [&](int exit_code, const Variables& variables) {
    configure(section.dump());
    return finding(tidegate(exit_code, {"check", "--json"}, variables), "archives");
  };
  EXPECT_THAT(check(0, key), HasSubstr("ok: 's3://" + bucket + "/shop' can be written"));
  EXPECT_THAT(store->keys(bucket), IsEmpty());
  tidegate(0, {"snapshot"}, key);
  EXPECT_THAT(finding(tidegate(0, {"check", "--json"}, key), "snapshot"), HasSubstr("ok: of "));
  EXPECT_THAT(check(9, {{"OBJECT_STORE_KEY", "a-wrong-key"}}), HasSubstr("SignatureDoesNotMatch"));
  EXPECT_THAT(check(0, {}), HasSubstr("unproven: "));
  section["directory"] = "s3://no-such-bucket";
  EXPECT_THAT(check(3, key), HasSubstr("create the bucket 'no-such-bucket'"));
  section["directory"] = "s3://" + bucket;
  section["storage"]["region"] = "us-east-1";
  EXPECT_THAT(check(3, key), HasSubstr("storage.region"));
  section["storage"]["endpoint"] = "http://127.0.0.1:1";
  EXPECT_THAT(check(8, key), HasSubstr("failed: "));
  section["storage"]["endpoint"] = "https://user@host";
  EXPECT_THAT(check(3, key), HasSubstr("has a user name in it"));
}

TEST_F(PostgresqlInObjectStore, IsReachedWithTemporaryKeysOfTheEnvironment) {
  TIDEGATE_NEEDS_S3(store);
  S3Between between(*store);
  between.translate();
  const auto plan = between.plan(store->plan(store->make_bucket(), "shop"));
  configure(Json{{"directory", plan.place}}.dump());
  const Variables keys{{"AWS_ACCESS_KEY_ID", plan.storage.key_id},
                       {"AWS_SECRET_ACCESS_KEY", S3Server::secret()},
                       {"AWS_SESSION_TOKEN", "mArk3d+session/mArk4d="},
                       {"AWS_REGION", plan.storage.region},
                       {"AWS_ENDPOINT_URL_S3", plan.storage.endpoint}};
  tidegate(0, {"check"}, keys);
  tidegate(0, {"snapshot"}, keys);
  tidegate(0, {"restore", "pr-1"}, keys);
  tidegate(0, {"config", "show"}, keys);
  between.before([](const http::Incoming&) {
    return http::Outgoing{.status = 400, .body = "<Error><Code>ExpiredToken</Code></Error>"};
  });
  for (const auto* verb : {"check", "snapshot"}) {
    const auto refused = tidegate(9, {verb}, keys);
    EXPECT_THAT(refused.all(), HasSubstr("AWS_SESSION_TOKEN"));
    EXPECT_THAT(refused.all(), HasSubstr("ExpiredToken"));
  }
}

TEST_F(PostgresqlInObjectStore, HasNoProbeLeftWhenACheckIsStopped) {
  TIDEGATE_NEEDS_S3(store);
  S3Between between(*store);
  const auto bucket = store->make_bucket();
  configure(section_of(between.plan(store->plan(bucket, "shop"))).dump());
  std::atomic<bool> written{false};
  between.after([&](const http::Incoming& request, http::Outgoing&) {
    if (request.method != "PUT" || written.exchange(true)) return;
    pause(1s);
  });
  const auto process = start({"check"}, {{"OBJECT_STORE_KEY", S3Server::secret()}});
  ASSERT_TRUE(eventually([&] { return written.load(); }, 60s));
  process->signal(SIGTERM);
  EXPECT_EQ(process->wait().exit_code, 130);
  EXPECT_TRUE(eventually([&] { return between.at_work() == 0; }, 30s));
  EXPECT_THAT(store->keys(bucket), IsEmpty());
}

TEST_F(PostgresqlInObjectStore, OrAnyOtherPlaceThatCannotBeOneFailsCheck) {
  for (const auto* place : {"/etc/passwd", "/etc/passwd/below", "s3://Bad_Bucket", "gs://bucket"}) {
    configure(Json{{"directory", place},
                   {"storage", {{"access_key_id", "id"}, {"secret_access_key", "key"}}}}
                  .dump());
    EXPECT_THAT(tidegate(3, {"check"}).all(), HasSubstr(place));
  }
}

TEST(MongodbInObjectStore, IsKeptRestoredAndProved) {
  TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
  TIDEGATE_NEEDS_S3(store);
  Flow flow(*server, built_program(), "store");
  make_small_production(flow.admin(), flow.production());
  const auto bucket = store->make_bucket();
  auto config = flow.config();
  const std::string database = "      database: " + flow.snapshot() + "\n";
  const auto section = section_of(store->plan(bucket, "syrf"));
  std::string lines;
  for (const auto& [name, value] : section.items()) {
    lines += fmt::format("      {}: {}\n", name, value.dump());
  }
  config.replace(config.find(database), database.size(), lines);
  flow.set_config(config);
  const Environment key{{"OBJECT_STORE_KEY", S3Server::secret()}};
  flow.expect(0, {"snapshot"}, key);
  EXPECT_EQ(archives_in(*store, bucket).empty(), false);
  flow.expect(0, {"restore", "pr-1"}, key);
  EXPECT_EQ(differences(flow.image_of(flow.production()), flow.image_of(flow.preview(1))),
            Strings());
  flow.expect(0, {"verify", "pr-1"}, key);
}

}  // namespace
}  // namespace tidegate::test
