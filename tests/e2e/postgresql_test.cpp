// The program on a real PostgreSQL: archives, and a snapshot database with previews from it.
// scheduled_dumps_test.cpp tests the daily dumps of one database.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "support/postgresql_program.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using testing::Not;

class Postgresql : public PostgresqlProgram {
 protected:
  void expect_preview_as_production() const {
    EXPECT_EQ(differences(image(production()), image(preview())), std::vector<std::string>());
  }
};

TEST_F(Postgresql, ArchivesAreTakenKeptRestoredAndTested) {
  configure(R"({"directory": "archives", "keep": 2, "checksums": true})");
  tidegate(0, {"snapshot"});
  const auto first = names(".dump").at(0);
  for (const auto* stranger : {"other-20200101T000000Z.dump", "notes.txt", "shop.dump"}) {
    directory.write(std::string("archives/") + stranger, "not ours");
  }
  tidegate(0, {"snapshot"});
  EXPECT_THAT(names(".dump"), testing::SizeIs(4));
  tidegate(0, {"snapshot"});
  EXPECT_THAT(names(".dump"), testing::SizeIs(4)) << "two of ours, two strangers";
  EXPECT_THAT(names(".dump"), Not(testing::Contains(first)));
  EXPECT_THAT(names(".tmp"), testing::IsEmpty());

  tidegate(0, {"restore", "pr-1"});
  expect_preview_as_production();
  tidegate(0, {"verify", "pr-1"});
  tidegate(0, {"verify", "snapshot"});
  tidegate(0, {"verify", "snapshot", "--restore"});
  tidegate(0, {"drop", "pr-1"});
  EXPECT_FALSE(exists(preview()));
}

TEST_F(Postgresql, ADamagedArchiveIsFoundAndNotRestored) {
  configure(R"({"directory": "archives", "keep": 2})");
  tidegate(0, {"snapshot"});
  const auto path = archives() / names(".dump").at(0);
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(fs::file_size(path) / 2));
    file << "damage";
  }
  tidegate(10, {"verify", "snapshot"});
  tidegate(10, {"restore", "pr-1"});
}

TEST_F(Postgresql, ADrillWithoutChecksumsCountsRowsAndRecordsOnlyEqualOnes) {
  configure(R"({"directory": "archives", "keep": 2})");
  tidegate(0, {"snapshot"});
  const auto path = archives() / names(".json").at(0);
  const auto recorded = Json::parse(read_text(path));
  auto falsified = recorded;
  bool found = false;
  for (auto& content : falsified.at("contents")) {
    if (content.at("name") != "people") continue;
    found = true;
    EXPECT_EQ(std::to_string(content.at("documents").get<int>()),
              in(production()).text("SELECT count(*) FROM people"));
    EXPECT_EQ(content.at("verified"), "count");
    content["documents"] = content.at("documents").get<int>() + 1;
  }
  ASSERT_TRUE(found);
  directory.write("archives/" + path.filename().string(), falsified.dump());
  const auto outcome = tidegate(10, {"verify", "snapshot", "--restore"});
  EXPECT_NE(outcome.out.find("people"), std::string::npos) << outcome;
  EXPECT_EQ(Json::parse(read_text(path)), falsified) << "unequal tables are not recorded";

  directory.write("archives/" + path.filename().string(), recorded.dump());
  tidegate(0, {"verify", "snapshot", "--restore"});
  EXPECT_NE(read_text(path).find("\"checksum\":"), std::string::npos);
}

TEST_F(Postgresql, AFailureDeletesNothingAndLeavesNoPart) {
  configure(R"({"directory": "archives", "keep": 1})");
  tidegate(0, {"snapshot"});
  const auto before = names(".dump");
  auto admin = server->client();
  in(production()).run("CREATE TABLE secret (id int); REVOKE ALL ON secret FROM PUBLIC");
  admin.run("REVOKE pg_read_all_data FROM " + admin.identifier(user()));
  tidegate(9, {"snapshot", "--retries", "0"});
  EXPECT_EQ(names(".dump"), before);
  EXPECT_THAT(names(".tmp"), testing::IsEmpty());
}

TEST_F(Postgresql, ASnapshotDatabaseAndPreviewsFromIt) {
  configure(fmt::format(R"({{"database": {}}})", Json(snapshot()).dump()));
  tidegate(0, {"check"});
  tidegate(0, {"snapshot"});
  tidegate(0, {"restore", "pr-1"});
  expect_preview_as_production();
  tidegate(0, {"verify", "pr-1"});
  tidegate(0, {"verify", "snapshot"});
  in(preview()).run("UPDATE people SET name = 'changed' WHERE id = 7");
  const auto found = tidegate(10, {"verify", "pr-1", "--json"}).json();
  EXPECT_EQ(found.at("equal"), false);
  EXPECT_EQ(found.at("differences").at(0).at("collection"), "people");
  in(production()).run("INSERT INTO people (name) VALUES ('new')");
  tidegate(0, {"snapshot"});
  tidegate(0, {"restore", "pr-1"});
  expect_preview_as_production();
  tidegate(4, {"restore", production()});
  tidegate(0, {"drop", "pr-1"});
  tidegate(0, {"drop", "pr-1"});
}

TEST_F(Postgresql, ARunWaitsForARightThatArrivesLater) {
  configure(fmt::format(R"({{"database": {}}})", Json(snapshot()).dump()));
  tidegate(0, {"snapshot"});
  tidegate(0, {"restore", "pr-1"});
  auto admin = server->client();
  admin.run(fmt::format("ALTER ROLE {} NOCREATEDB", admin.identifier(user())));
  tidegate(9, {"restore", "pr-1"});
  EXPECT_THAT(comment(preview()), testing::HasSubstr("lastFailure"));
  const std::jthread grant([&] {
    std::this_thread::sleep_for(3s);
    admin.run(fmt::format("ALTER ROLE {} CREATEDB", admin.identifier(user())));
  });
  const auto filled = tidegate(0, {"restore", "pr-1", "--sign-in-wait", "1m"});
  EXPECT_THAT(filled.err, testing::HasSubstr("lacks CREATEDB; a change of its roles"));
  EXPECT_THAT(comment(preview()), Not(testing::HasSubstr("lastFailure")));
  expect_preview_as_production();
}

}  // namespace
}  // namespace tidegate::test
