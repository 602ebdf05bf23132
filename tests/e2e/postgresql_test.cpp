// The program on a real PostgreSQL: archives (B2, B3, B4, B8), a snapshot database with previews
// from it, and the daemon configured by the environment alone (B1).

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/places.hpp"
#include "support/postgres_server.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

// Everything in it that has to be escaped somewhere.
constexpr auto k_password = "m@rked:/ %27'\"pw";

class Postgresql : public testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_POSTGRESQL(found);
    server = found;
    static int number = 0;
    prefix = server->name(fmt::format("E2e \"{}\"", ++number));
    auto admin = server->client();
    admin.run("CREATE ROLE " + admin.identifier(user()) + " LOGIN CREATEDB PASSWORD " +
              admin.literal(k_password));
    admin.run("GRANT pg_read_all_data TO " + admin.identifier(user()));
    admin.run("CREATE DATABASE " + admin.identifier(production()));
    in_production().run(
        "CREATE SCHEMA \"Odd schema\";"
        "CREATE TABLE people (id serial PRIMARY KEY, name text NOT NULL);"
        "CREATE TABLE \"Odd schema\".orders (id int PRIMARY KEY, person int REFERENCES people);"
        "INSERT INTO people (name) SELECT 'p' || i FROM generate_series(1, 500) i;"
        "INSERT INTO \"Odd schema\".orders SELECT i, i FROM generate_series(1, 300) i;"
        "SELECT lo_from_bytea(0, 'large object');");
    in_production().run("GRANT SELECT ON LARGE OBJECT " +
                        in_production().text("SELECT oid FROM pg_largeobject_metadata") + " TO " +
                        admin.identifier(user()));
  }

  void TearDown() override {
    if (server == nullptr) return;
    server->drop_databases(prefix);
    auto admin = server->client();
    admin.run("DROP ROLE IF EXISTS " + admin.identifier(user()));
  }

  std::string user() const { return prefix + " user"; }
  std::string production() const { return prefix + " production"; }
  std::string preview() const { return prefix + " pr 1"; }
  SqlClient in_production() { return server->client(production()); }
  fs::path archives() const { return directory.path() / "archives"; }

  void configure(const std::string& snapshot) {
    const Json yaml = {
        {"databases",
         {{"shop",
           {{"engine", "postgresql"},
            {"production", {{"uri", "${TEST_URI}"}, {"database", production()}}},
            {"snapshot", Json::parse(snapshot)},
            {"previews", {{"database", prefix + " pr {number}"}, {"uri", "${TEST_URI}"}}}}}}}};
    directory.write("tidegate.yaml", yaml.dump(2));  // JSON is YAML
  }

  Outcome tidegate(int exit_code, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), built_program().string());
    const auto outcome =
        run({arguments, {{"TEST_URI", server->uri_as(user(), k_password)}}, {}, directory.path()},
            directory.path());
    EXPECT_EQ(outcome.exit_code, exit_code) << outcome;
    EXPECT_THAT(outcome.all(), Not(HasSubstr(k_password)));
    EXPECT_THAT(outcome.all(), Not(HasSubstr("m%40rked")));
    return outcome;
  }

  void expect_preview_as_production() {
    auto copy = server->client(preview());
    for (const auto* question :
         {"SELECT md5(string_agg(p::text, '|' ORDER BY id)) FROM people p",
          "SELECT md5(string_agg(o::text, '|' ORDER BY id)) FROM \"Odd schema\".orders o",
          "SELECT count(*) FROM pg_constraint WHERE contype = 'f'",
          "SELECT convert_from(lo_get(oid), 'UTF8') FROM pg_largeobject_metadata",
          "SELECT nextval('people_id_seq') > 500"}) {
      EXPECT_EQ(copy.text(question), in_production().text(question)) << question;
    }
  }

  std::vector<std::string> names(const std::string& extension) const {
    std::vector<std::string> found;
    for (const auto& each : fs::directory_iterator(archives())) {
      if (each.path().extension() == extension) found.push_back(each.path().filename());
    }
    return found;
  }

  PostgresServer* server = nullptr;
  std::string prefix;
  TempDir directory{"postgresql"};
};

TEST_F(Postgresql, ArchivesAreTakenKeptRestoredAndProved) {
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
  EXPECT_EQ(
      server->client().text("SELECT count(*) FROM pg_database WHERE datname = $1", {preview()}),
      "0");
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

TEST_F(Postgresql, AFailureDeletesNothingAndLeavesNoPart) {
  configure(R"({"directory": "archives", "keep": 1})");
  tidegate(0, {"snapshot"});
  const auto before = names(".dump");
  auto admin = server->client();
  in_production().run("CREATE TABLE secret (id int); REVOKE ALL ON secret FROM PUBLIC");
  admin.run("REVOKE pg_read_all_data FROM " + admin.identifier(user()));
  tidegate(9, {"snapshot", "--retries", "0"});
  EXPECT_EQ(names(".dump"), before);
  EXPECT_THAT(names(".tmp"), testing::IsEmpty());
}

TEST_F(Postgresql, ASnapshotDatabaseAndPreviewsFromIt) {
  configure(fmt::format(R"({{"database": {}}})", Json(prefix + " snapshot").dump()));
  tidegate(0, {"check"});
  tidegate(0, {"snapshot"});
  tidegate(0, {"restore", "pr-1"});
  expect_preview_as_production();
  tidegate(0, {"verify", "pr-1"});
  tidegate(0, {"verify", "snapshot"});
  server->client(preview()).run("UPDATE people SET name = 'changed' WHERE id = 7");
  const auto found = tidegate(10, {"verify", "pr-1", "--json"}).json();
  EXPECT_EQ(found.at("equal"), false);
  EXPECT_EQ(found.at("differences").at(0).at("collection"), "people");
  in_production().run("INSERT INTO people (name) VALUES ('new')");
  tidegate(0, {"snapshot"});
  tidegate(0, {"restore", "pr-1"});
  expect_preview_as_production();
  tidegate(4, {"restore", production()});
  tidegate(0, {"drop", "pr-1"});
  tidegate(0, {"drop", "pr-1"});
}

class Serve : public Postgresql {
 protected:
  std::map<std::string, std::string> environment() const {
    return {{"SNAPSHOT_ENABLED", "true"},
            {"SNAPSHOT_DIR", archives().string()},
            {"SNAPSHOT_RETENTION", "2"},
            {"TIDEGATE_SERVER_LISTEN", "127.0.0.1:0"},
            {"DATABASE_URL", server->uri_as(user(), k_password, production())}};
  }
  Command serve(const std::map<std::string, std::string>& environment) const {
    return {{built_program().string(), "serve"}, environment, {}, directory.path()};
  }
};

TEST_F(Serve, TakesAnArchiveAtItsTimeAndStopsCleanly) {
  auto environment = this->environment();
  const auto soon = std::chrono::system_clock::now() + 65s;
  environment["SNAPSHOT_TIME"] = fmt::format("{:%H:%M}", fmt::gmtime(soon));
  Process daemon(serve(environment), directory.path());
  EXPECT_TRUE(eventually(
      [&] { return fs::exists(archives()) && !names(".dump").empty() && !names(".json").empty(); },
      180s))
      << daemon.err_so_far();
  EXPECT_TRUE(
      eventually([&] { return daemon.err_so_far().find(": took '") != std::string::npos; }, 60s));
  daemon.signal(SIGTERM);
  const auto outcome = daemon.wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  EXPECT_THAT(names(".dump"), testing::SizeIs(1));
  EXPECT_THAT(outcome.all(), Not(HasSubstr("m%40rked")));
  EXPECT_THAT(outcome.all(), Not(HasSubstr(k_password)));
}

TEST_F(Serve, NamesEveryBadVariableAtItsStart) {
  const auto outcome = run(serve({{"SNAPSHOT_ENABLED", "maybe"},
                                  {"SNAPSHOT_TIME", "25:00"},
                                  {"SNAPSHOT_RETENTION", "0"},
                                  {"SNAPSHOT_DIR", ""}}),
                           directory.path());
  EXPECT_EQ(outcome.exit_code, 3) << outcome;
  for (const auto* name : {"SNAPSHOT_ENABLED", "SNAPSHOT_TIME", "SNAPSHOT_RETENTION",
                           "SNAPSHOT_DIR", "DATABASE_URL"}) {
    EXPECT_THAT(outcome.err, HasSubstr(name));
  }
}

}  // namespace
}  // namespace tidegate::test
