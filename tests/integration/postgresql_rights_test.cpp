#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "engine/postgresql/dump.hpp"
#include "engine/postgresql/grants.hpp"
#include "engine/postgresql/rights.hpp"
#include "support/postgres_server.hpp"
#include "support/witnesses.hpp"

namespace tidegate::engine::postgresql {
namespace {

using test::PostgresServer;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

DatabaseName named(const std::string& text) { return DatabaseName(text, EngineKind::postgresql); }

struct PostgresRights : public testing::Test {
  void SetUp() override {
    TIDEGATE_NEEDS_POSTGRESQL(found);
    server = found;
    database = server->name("o'dd \"shop\"");
    role = server->name("some one");
    auto admin = server->client();
    admin.run("CREATE DATABASE " + admin.identifier(database));
    admin.run("CREATE ROLE " + admin.identifier(role) + " LOGIN PASSWORD 'secret-3'");
    server->client(database).run(
        "CREATE SCHEMA \"My own\"; CREATE TABLE \"My own\".\"T\" (id serial); "
        "CREATE TABLE users (a int); SELECT lo_from_bytea(0, 'x')");
  }
  void TearDown() override {
    if (server == nullptr) return;
    auto admin = server->client();
    server->client(database).run("DROP OWNED BY " + admin.identifier(role));
    server->drop_databases(server->prefix());
    admin.run("DROP OWNED BY " + admin.identifier(role));
    admin.run("DROP ROLE " + admin.identifier(role));
  }
  engine::Rights ask(engine::Need need, const std::string& of) {
    RealClock clock;
    test::WitnessedRun witness(clock, std::chrono::minutes(2));
    Server as({Secret(server->uri_as(role, "secret-3")), {}, {}, "test"});
    return rights(witness.run, as, named(of), need);
  }
  void grant(const std::string& sql) {
    auto client = server->client(database);
    client.run(sql + " " + client.identifier(role));
  }
  PostgresServer* server = nullptr;
  std::string database, role;
};

TEST_F(PostgresRights, NameWhatAReaderLacks) {
  const auto found = ask(engine::Need::read, database);
  EXPECT_EQ(found.user, role);
  EXPECT_EQ(found.basis, engine::Rights::Basis::privileges);
  EXPECT_THAT(found.missing, Contains("USAGE on schema My own"));
  EXPECT_THAT(found.missing, Contains("SELECT on \"My own\".\"T\""));
  EXPECT_THAT(found.missing, Contains("SELECT on \"My own\".\"T_id_seq\""));
  EXPECT_THAT(found.missing, Contains(HasSubstr("large objects")));
  EXPECT_THAT(found.missing, Contains(HasSubstr("users")));
}

TEST_F(PostgresRights, SeeEveryWayToWrite) {
  if (server->version() >= 15) {
    EXPECT_THAT(ask(engine::Need::read, database).writes, IsEmpty());
  }
  grant("GRANT DELETE ON users TO");
  EXPECT_THAT(ask(engine::Need::read, database).writes, Contains(HasSubstr("DELETE on ")));
  grant("GRANT CREATE ON SCHEMA \"My own\" TO");
  EXPECT_THAT(ask(engine::Need::read, database).writes, Contains("CREATE on schema My own"));
  grant("ALTER TABLE \"My own\".\"T\" OWNER TO");
  EXPECT_THAT(ask(engine::Need::read, database).writes, Contains(HasSubstr("ownership of ")));
  if (server->version() < 14) return;
  grant("GRANT pg_write_all_data TO");
  EXPECT_THAT(ask(engine::Need::read, database).write_roles, Contains("pg_write_all_data"));
}

TEST_F(PostgresRights, NameWhatAWriterLacks) {
  EXPECT_THAT(ask(engine::Need::write, server->name("none")).missing, Contains("CREATEDB"));
  EXPECT_THAT(ask(engine::Need::write, database).missing, Contains(HasSubstr("the owner on ")));
  auto admin = server->client();
  admin.run("ALTER ROLE " + admin.identifier(role) + " CREATEDB");
  EXPECT_THAT(ask(engine::Need::write, server->name("none")).missing, IsEmpty());
}

TEST_F(PostgresRights, ComeFromTheStatementsOfCheckGrants) {
  if (server->version() < 14 || server->programs().empty()) GTEST_SKIP() << "no pg_read_all_data";
  Topology topology{named(database), named(server->name("snapshot")), {}, {}, {}, {}};
  auto text = grants({topology, std::nullopt});
  const std::string example = "snapshot-producer";
  for (auto at = text.find(example); at != std::string::npos; at = text.find(example, at)) {
    text.replace(at, example.size(), role);
    at += role.size();
  }
  // A person types a password here.
  const auto asks = text.find("\\password");
  ASSERT_NE(asks, std::string::npos);
  text.erase(asks, text.find('\n', asks) - asks);
  test::TempDir directory{"tidegate-grants"};
  const auto file = directory.write("grants.sql", text);
  for (int twice = 0; twice < 2; ++twice) {
    test::Command command;
    command.argv = {(server->programs() / "psql").string(), "--no-psqlrc", "--set=ON_ERROR_STOP=1",
                    "--file=" + file.string(), server->uri()};
    const auto outcome = test::run(command, directory.path());
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err << text;
  }
  EXPECT_THAT(ask(engine::Need::read, database).missing, IsEmpty());
  EXPECT_THAT(ask(engine::Need::read, database).writes, IsEmpty());
  EXPECT_THAT(ask(engine::Need::write, server->name("snapshot")).missing, IsEmpty());
  RealClock clock;
  test::WitnessedRun witness(clock, std::chrono::minutes(2));
  Server as({Secret(server->uri_as(role, "secret-3")), {}, {}, "test"});
  EXPECT_NO_THROW(dump(witness.run, as, {named(database), {}, true, directory.path() / "archive"}));
}

}  // namespace
}  // namespace tidegate::engine::postgresql
