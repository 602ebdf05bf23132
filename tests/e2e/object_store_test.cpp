// Archives in an object store, by the program as built, of both engines.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/postgresql_program.hpp"
#include "support/program_flow.hpp"
#include "support/s3_server.hpp"

namespace tidegate::test {
namespace {

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
