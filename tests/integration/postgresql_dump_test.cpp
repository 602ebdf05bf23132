#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "engine/postgresql/archive/disk.hpp"
#include "engine/postgresql/archive/dump.hpp"
#include "engine/postgresql/archive/load.hpp"
#include "engine/postgresql/copy/exported_snapshot.hpp"
#include "support/leaping_clock.hpp"
#include "support/postgres_server.hpp"
#include "support/postgresql_data.hpp"
#include "support/witnesses.hpp"

namespace tidegate::engine::postgresql {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::PostgresServer;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Witnessed {
  Witnessed(const std::string& uri, std::optional<std::chrono::milliseconds> limit = 5min)
      : witness(clock, limit), server({Secret(uri), {}, {}, "test"}) {}
  tidegate::Run& run() { return witness.run; }
  RealClock clock;
  test::WitnessedRun witness;
  Server server;
};

DatabaseName named(const std::string& text) { return DatabaseName(text, EngineKind::postgresql); }

void fill_all(Witnessed& as, ExportedSnapshot& moment, const std::string& database,
              const LoadTarget& filling) {
  const auto prepared =
      prepare_production(as.run(), as.server, moment, named(database), {}, {filling.owner, {}});
  fill(as.run(), as.server, moment, named(database), prepared, filling, moment.relations(as.run()));
}

void load_all(Witnessed& as, const fs::path& archive, const LoadTarget& filling,
              const std::string& notes = {}) {
  const auto prepared = prepare_archive(as.run(), as.server, archive, notes, {filling.owner, {}});
  say_and_require(as.run(), prepared, ErrorKind::permission);
  load(as.run(), as.server, archive, prepared, filling);
}

// The content and definition of every relation, and the positions of sequences.
std::vector<std::string> image(PostgresServer& server, const std::string& database) {
  Witnessed reader(server.uri());
  ExportedSnapshot moment(reader.run(), reader.server, named(database));
  const auto relations = moment.relations(reader.run());
  const auto sums = moment.sum_all(reader.run(), relations, 2);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < relations.size(); ++i) {
    lines.push_back(relations[i].name + " " + relations[i].kind + " " + relations[i].columns + " " +
                    sums[i].checksum + " " + std::to_string(sums[i].documents) + " " +
                    std::to_string(relations[i].indexes));
  }
  auto client = server.client(database);
  for (const auto* sql :
       {"SELECT format('%I.%I %s', schemaname, sequencename, last_value) FROM pg_sequences",
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace >= 2200",
        "SELECT indexdef FROM pg_indexes WHERE schemaname !~ '^pg_'",
        "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE oid >= 16384",
        "SELECT format('%s %s', oid, md5(lo_get(oid))) FROM pg_largeobject_metadata"}) {
    for (auto& line : client.column(std::string(sql) + " ORDER BY 1")) lines.push_back(line);
  }
  return lines;
}

// One line of /proc/*/cmdline and environ for each descendant of this process.
std::string command_lines() {
  std::ostringstream all;
  std::error_code none;
  for (const auto& each : fs::directory_iterator("/proc", none)) {
    std::ifstream file(each.path() / "cmdline");
    all << file.rdbuf() << '\n';
    all.clear();
  }
  return all.str();
}

struct PostgresDump : public testing::Test {
  void SetUp() override {
    TIDEGATE_NEEDS_POSTGRESQL(found);
    server = found;
  }
  void TearDown() override {
    if (server == nullptr) return;
    server->drop_databases(server->prefix());
    auto admin = server->client();
    for (const auto& role : roles) {
      admin.run("DROP OWNED BY " + admin.identifier(role) + " CASCADE");
      admin.run("DROP ROLE " + admin.identifier(role));
    }
  }
  std::string make(const std::string& name, const std::string& sql = {}) {
    const auto database = server->name(name);
    auto admin = server->client();
    admin.run("CREATE DATABASE " + admin.identifier(database) + " TEMPLATE template0");
    if (!sql.empty()) server->client(database).run(sql);
    return database;
  }
  std::string make_role(const std::string& name, const std::string& how = "LOGIN") {
    const auto role = server->name(name);
    auto admin = server->client();
    admin.run("CREATE ROLE " + admin.identifier(role) + " " + how + " PASSWORD 'marked-secret-1'");
    roles.push_back(role);
    return role;
  }
  engine::DumpRequest request(const std::string& database) {
    return {named(database), {}, true, directory.path() / "archive"};
  }
  Error failure(Witnessed& as, const engine::DumpRequest& wanted) {
    try {
      dump(as.run(), as.server, wanted);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "it succeeded";
    return Error(ErrorKind::internal, "");
  }
  // Whether no session is connected to the database.
  bool has_no_session(const std::string& database) {
    return server->client().text("SELECT count(*) FROM pg_stat_activity WHERE datname = $1",
                                 {database}) == "0";
  }
  PostgresServer* server = nullptr;
  test::TempDir directory{"tidegate-dump"};
  std::vector<std::string> roles;
};

TEST_F(PostgresDump, ComesBackEqualFromBothForms) {
  const auto database = make("o'dd \"Näme\" $1=%", test::k_one_of_everything);
  const auto before = image(*server, database);
  for (const auto form : {ArchiveForm::custom, ArchiveForm::directory}) {
    Witnessed as(server->uri());
    auto wanted = request(database);
    wanted.path = directory.path() / (form == ArchiveForm::custom ? "one.dump" : "many");
    wanted.form = form;
    wanted.parallel = 3;
    wanted.checksums = true;
    const auto dumped = dump(as.run(), as.server, wanted);
    EXPECT_EQ(dumped.verified, Verified::checksum);
    EXPECT_EQ(dumped.consistency, Consistency::point_in_time);
    EXPECT_THAT(dumped.format, HasSubstr(form == ArchiveForm::custom ? "custom" : "directory"));
    const auto into = make(form == ArchiveForm::custom ? "back 1" : "back 2");
    load_all(as, wanted.path, {named(into), {}, 3});
    EXPECT_EQ(image(*server, into), before);
    std::map<std::string, std::string> sums;
    for (const auto& content : dumped.contents) sums[content.name] = content.checksum;
    EXPECT_EQ(sums.count("Sales Of 2026.\"or\"\"der.s\""), 1U);
    EXPECT_EQ(sums["kinds"].size(), 37U);
    EXPECT_THAT(as.witness.progress.text(), Not(HasSubstr("failed")));
  }
}

TEST_F(PostgresDump, ComesBackEqualThroughAPipe) {
  const auto database = make("Piped/from", test::k_one_of_everything), into = make("Piped/to");
  const auto before = image(*server, database);
  Witnessed as(server->uri());
  ExportedSnapshot moment(as.run(), as.server, named(database));
  server->client(database).run("UPDATE users SET name = 'of another moment' WHERE id = 1");
  fill_all(as, moment, database, {named(into), {}, 1});
  EXPECT_EQ(image(*server, into), before);
}

TEST_F(PostgresDump, LeavesOutTablesThatWereNotRequested) {
  const auto database = make("part", test::k_one_of_everything);
  Witnessed as(server->uri());
  auto wanted = request(database);
  {
    ExportedSnapshot moment(as.run(), as.server, named(database));
    for (const auto& relation : moment.relations(as.run())) {
      if (relation.name != "kinds" && relation.kind != 'L')
        wanted.items.push_back(item_of(relation));
    }
  }
  wanted.whole = false;
  const auto dumped = dump(as.run(), as.server, wanted);
  EXPECT_EQ(dumped.contents.size(), wanted.items.size());
  const auto into = make("part back");
  load_all(as, wanted.path, {named(into), {}, 2});
  auto client = server->client(into);
  EXPECT_EQ(client.text("SELECT to_regclass('kinds')"), "");
  EXPECT_EQ(client.text("SELECT count(*) FROM pg_largeobject_metadata"), "0");
  EXPECT_EQ(client.text("SELECT count(*) FROM users"), "1000");
}

TEST_F(PostgresDump, RefusesASelectionThatCouldNotBeRestored) {
  const auto database = make("torn", test::k_one_of_everything);
  Witnessed as(server->uri());
  auto wanted = request(database);
  wanted.whole = false;
  for (const auto* name : {"busy", "parts_1", "kinds"}) {
    engine::Item item;
    item.name = name;
    wanted.items.push_back(item);
  }
  const auto error = failure(as, wanted);
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.message(), HasSubstr("busy needs"));
  EXPECT_THAT(error.message(), HasSubstr("parts_1 needs"));
  EXPECT_FALSE(fs::exists(wanted.path));
}

TEST_F(PostgresDump, ShowsItsSecretNowhereWhileItRuns) {
  const auto role = make_role("carrier", "LOGIN SUPERUSER");
  const auto database = make("secret",
                             "CREATE TABLE t AS SELECT i, repeat('x', 500) AS x FROM "
                             "generate_series(1, 60000) i");
  Witnessed as(server->uri_as(role, "marked-secret-1"));
  std::atomic<bool> done{false};
  std::string seen;
  std::thread watcher([&] {
    while (!done) {
      const auto lines = command_lines();
      if (lines.find("--dbname=service=tidegate") != std::string::npos) seen += lines;
    }
  });
  dump(as.run(), as.server, request(database));
  done = true;
  watcher.join();
  EXPECT_THAT(seen, HasSubstr("--dbname=service=tidegate"));
  EXPECT_THAT(seen, Not(HasSubstr("marked-secret-1")));
}

TEST_F(PostgresDump, RefusesAWrongPasswordWithoutAnotherTry) {
  const auto role = make_role("stranger");
  const auto database = make("closed");
  Witnessed as(server->uri_as(role, "wrong-secret-2"));
  const auto error = failure(as, request(database));
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_FALSE(error.retryable());
  EXPECT_THAT(error.message() + error.hint(), Not(HasSubstr("wrong-secret-2")));
  EXPECT_FALSE(fs::exists(directory.path() / "archive"));
}

TEST_F(PostgresDump, SaysWhichTableItMayNotRead) {
  const auto role = make_role("reader");
  const auto database = make("private", "CREATE TABLE \"top secret\" (a int)");
  Witnessed as(server->uri_as(role, "marked-secret-1"));
  const auto error = failure(as, request(database));
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_THAT(error.message(), HasSubstr("top secret"));
}

TEST_F(PostgresDump, TakesTheUsersRowsInTablesOfExtensions) {
  // PostGIS does so with its reference systems.
  const auto database = make("extended",
                             "CREATE EXTENSION citext; CREATE TABLE settings (id int);"
                             "INSERT INTO settings VALUES (1); CREATE TABLE t (id int);"
                             "ALTER EXTENSION citext ADD TABLE settings;"
                             "UPDATE pg_extension SET extconfig = ARRAY['settings'::regclass::oid],"
                             " extcondition = ARRAY[''] WHERE extname = 'citext'");
  Witnessed as(server->uri());
  const auto dumped = dump(as.run(), as.server, request(database));
  ASSERT_EQ(dumped.contents.size(), 1U);
  EXPECT_EQ(dumped.contents[0].name, "t");
}

TEST_F(PostgresDump, IsExaminedByItsOwnList) {
  const auto database = make("examined", test::k_one_of_everything);
  Witnessed as(server->uri());
  auto wanted = request(database);
  Metadata metadata;
  metadata.contents = dump(as.run(), as.server, wanted).contents;
  EXPECT_TRUE(examine(as.run(), wanted.path, metadata).equal());
  metadata.contents.push_back(metadata.contents.front());
  metadata.contents.back().name = "of another";
  const auto report = examine(as.run(), wanted.path, metadata);
  ASSERT_EQ(report.differences.size(), 1U);
  EXPECT_EQ(report.differences[0].collection, "of another");
}

// Another session locks a table, so that the dump is certainly running.
struct HeldDump : public PostgresDump {
  void SetUp() override {
    PostgresDump::SetUp();
    if (server == nullptr) return;
    database = make("held", "CREATE TABLE t (a int)");
    holder.emplace(server->client(database));
    holder->run("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
  }
  void TearDown() override {
    holder.reset();
    PostgresDump::TearDown();
  }
  bool waits_for_the_lock() {
    return server->client().text(
               "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = "
               "l.database WHERE datname = $1 AND NOT granted",
               {database}) != "0";
  }
  std::string database;
  std::optional<test::SqlClient> holder;
};

TEST_F(HeldDump, IsEndedWithItsRunAndLeavesNothingOnTheServer) {
  Witnessed as(server->uri());
  std::thread stopper([&] {
    EXPECT_TRUE(test::eventually([&] { return waits_for_the_lock(); }, 60s));
    as.witness.stop.request_stop();
  });
  EXPECT_EQ(failure(as, request(database)).kind(), ErrorKind::cancelled);
  stopper.join();
  EXPECT_TRUE(test::eventually([&] { return !waits_for_the_lock(); }, 30s));
  holder.reset();
  EXPECT_TRUE(test::eventually([&] { return has_no_session(database); }, 30s));
}

TEST_F(HeldDump, IsEndedAtItsTimeLimit) {
  Witnessed as(server->uri(), 3s);
  EXPECT_EQ(failure(as, request(database)).kind(), ErrorKind::timeout);
  holder.reset();
  EXPECT_TRUE(test::eventually([&] { return has_no_session(database); }, 30s));
}

TEST_F(HeldDump, FailsAsUnreachableWhenTheServerEndsIt) {
  Witnessed as(server->uri());
  std::thread ender([&] {
    EXPECT_TRUE(test::eventually([&] { return waits_for_the_lock(); }, 60s));
    server->client().run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
        "$1 AND wait_event_type = 'Lock'",
        {database});
  });
  EXPECT_EQ(failure(as, request(database)).kind(), ErrorKind::unreachable);
  ender.join();
}

// The limit stands for a full disk: a container may not be allowed to mount a small one.
struct FileSizeLimit {
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit less{bytes, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &less);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before); }
  rlimit before{};
};

TEST_F(PostgresDump, SaysTheSizesWhereTheDiskIsFull) {
  const auto database = make("large",
                             "CREATE TABLE t AS SELECT md5(i::text) || md5((-i)::text) AS "
                             "x FROM generate_series(1, 60000) i");
  Witnessed as(server->uri());
  auto wanted = request(database);
  Error error(ErrorKind::internal, "");
  {
    const FileSizeLimit limit(256 * 1024);
    error = failure(as, wanted);
  }
  EXPECT_EQ(error.kind(), ErrorKind::no_space);
  EXPECT_EQ(error.exit_code(), 11);
  EXPECT_THAT(error.message(), HasSubstr(directory.path().string()));
  EXPECT_THAT(error.message(), HasSubstr("written"));
  EXPECT_THAT(error.message(), HasSubstr(" free"));
}

TEST_F(PostgresDump, RefusesADirectoryThatDoesNotExist) {
  const auto database = make("nowhere");
  Witnessed as(server->uri());
  auto wanted = request(database);
  wanted.path = directory.path() / "none" / "archive";
  EXPECT_EQ(failure(as, wanted).kind(), ErrorKind::config);
}

TEST_F(PostgresDump, IsNotReadableForOtherUsers) {
  const auto database = make("modest");
  Witnessed as(server->uri());
  dump(as.run(), as.server, request(database));
  const auto mode = fs::status(directory.path() / "archive").permissions();
  EXPECT_EQ(mode & fs::perms::others_all, fs::perms::none);
}

TEST_F(PostgresDump, GivesEverythingToTheRequestedOwner) {
  const auto owner = make_role("the Owner"), former = make_role("former");
  const auto database = make("owned", test::k_one_of_everything);
  auto client = server->client(database);
  client.run("ALTER TABLE users OWNER TO " + client.identifier(former));
  Witnessed as(server->uri());
  auto wanted = request(database);
  dump(as.run(), as.server, wanted);
  const auto into = make("owned back");
  load_all(as, wanted.path, {named(into), owner, 2});
  auto back = server->client(into);
  EXPECT_EQ(back.column("SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE oid >= 16384 "
                        "AND relkind IN ('r', 'S', 'v', 'm', 'p')"),
            std::vector<std::string>{back.identifier(owner)});
  const auto piped = make("owned piped");
  ExportedSnapshot moment(as.run(), as.server, named(database));
  fill_all(as, moment, database, {named(piped), owner, 1});
  EXPECT_EQ(server->client(piped).text("SELECT relowner::regrole::text FROM pg_class WHERE relname "
                                       "= 'users'"),
            back.identifier(owner));
}

TEST_F(PostgresDump, LoadsObjectsThatNameDroppedRoles) {
  const auto database = make("orphaned", test::k_one_of_everything);
  const auto gone = server->name("gone; DROP"), reader = make_role("a reader");
  auto admin = server->client();
  admin.run("CREATE ROLE " + admin.identifier(gone));
  auto client = server->client(database);
  const auto role = client.identifier(gone);
  client.run("ALTER TABLE users OWNER TO " + role + "; GRANT SELECT ON kinds TO " + role +
             "; GRANT SELECT ON parts TO " + client.identifier(reader) +
             "; ALTER TABLE parts ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON parts TO " + role +
             " USING (true)");
  Witnessed as(server->uri());
  const auto dumped = dump(as.run(), as.server, request(database));
  client.run("DROP POLICY p ON parts; REASSIGN OWNED BY " + role + " TO CURRENT_USER; " +
             "DROP OWNED BY " + role);
  admin.run("DROP ROLE " + role);
  const auto into = make("orphaned back");
  load_all(as, directory.path() / "archive", {named(into), {}, 2}, dumped.restore_notes);
  const auto said = as.witness.progress.text();
  EXPECT_THAT(said, HasSubstr("warning left out: "));
  EXPECT_THAT(said, HasSubstr(gone));
  EXPECT_THAT(said, HasSubstr("policy"));
  auto back = server->client(into);
  EXPECT_EQ(back.text("SELECT count(*) FROM users"), "1000");
  EXPECT_EQ(back.text("SELECT has_table_privilege($1, 'parts', 'SELECT')", {reader}), "t");
}

TEST_F(PostgresDump, WithoutNotesIsLoadedWithoutMissingOwnersAndGrants) {
  const auto database = make("unrecorded", test::k_one_of_everything);
  const auto gone = server->name("a former"), reader = make_role("a reader");
  auto admin = server->client();
  admin.run("CREATE ROLE " + admin.identifier(gone));
  auto client = server->client(database);
  const auto role = client.identifier(gone);
  client.run("ALTER TABLE users OWNER TO " + role + "; GRANT SELECT ON kinds TO " + role +
             "; GRANT SELECT ON parts TO " + client.identifier(reader));
  Witnessed as(server->uri());
  dump(as.run(), as.server, request(database));
  client.run("REASSIGN OWNED BY " + role + " TO CURRENT_USER; DROP OWNED BY " + role);
  admin.run("DROP ROLE " + role);
  const auto into = make("unrecorded back");
  load_all(as, directory.path() / "archive", {named(into), {}, 2});
  EXPECT_THAT(as.witness.progress.text(), HasSubstr("objects of 'another role'"));
  EXPECT_THAT(as.witness.progress.text(), HasSubstr(gone));
  auto back = server->client(into);
  EXPECT_EQ(back.text("SELECT count(*) FROM users"), "1000");
  EXPECT_EQ(back.text("SELECT has_table_privilege($1, 'parts', 'SELECT')", {reader}), "t");
}

TEST_F(PostgresDump, ReportsTheDamageOfABrokenArchive) {
  const auto database = make("broken", test::k_one_of_everything), into = make("broken back");
  Witnessed as(server->uri());
  dump(as.run(), as.server, request(database));
  const auto archive = directory.path() / "archive";
  fs::resize_file(archive, fs::file_size(archive) / 2);
  try {
    load_all(as, archive, {named(into), {}, 2});
    FAIL() << "half an archive was loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::verification) << error.message();
  }
}

TEST_F(PostgresDump, BreaksBothEndsOfAPipeWhenOneFails) {
  const auto database = make("pipe from", test::k_one_of_everything);
  const auto into = make("pipe to", "CREATE TABLE users (in_the_way int)");
  Witnessed as(server->uri());
  ExportedSnapshot moment(as.run(), as.server, named(database));
  try {
    fill_all(as, moment, database, {named(into), {}, 1});
    FAIL() << "it was loaded over another table";
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("relation \"users\" already exists"));
    EXPECT_THAT(error.message(), HasSubstr("pg_restore failed"));
  }
  EXPECT_TRUE(test::eventually([&] { return has_no_session(into); }, 30s));
}

TEST_F(PostgresDump, IsKeptWhereThereIsNoTimeToCount) {
  const auto database = make("counted", test::k_little_of_everything);
  auto watcher = server->client();
  const test::LeapingClock clock(6min, [&] {
    return watcher.text(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND "
               "starts_with(query, 'SELECT pg_catalog.count(*) FROM')",
               {database}) != "0";
  });
  test::WitnessedRun witness(clock, 10min);
  Server source({Secret(server->uri()), {}, {}, "test"});
  auto wanted = request(database);
  wanted.parallel = 1;
  const auto dumped = dump(witness.run, source, wanted);
  EXPECT_EQ(dumped.verified, Verified::none);
  for (const auto& content : dumped.contents) EXPECT_EQ(content.verified, Verified::none);
  EXPECT_THAT(witness.lines, Contains(HasSubstr("the archive has no row counts")));
  witness.run.check();
  Witnessed reader(server->uri());
  EXPECT_FALSE(
      list_archive(reader.run(), find_programs(reader.run()), wanted.path).entries.empty());
}

}  // namespace
}  // namespace tidegate::engine::postgresql
