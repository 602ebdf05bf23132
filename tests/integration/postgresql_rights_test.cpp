#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "engine/postgresql/access/creation.hpp"
#include "engine/postgresql/access/rights.hpp"
#include "support/postgres_server.hpp"
#include "support/witnesses.hpp"

namespace tidegate::engine::postgresql {
namespace {

using test::PostgresServer;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

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

TEST_F(PostgresRights, NameTheRightsThatAReaderLacks) {
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

TEST_F(PostgresRights, NameTheRightsThatAWriterLacks) {
  EXPECT_THAT(ask(engine::Need::write, server->name("none")).missing, Contains("CREATEDB"));
  EXPECT_THAT(ask(engine::Need::write, database).missing, Contains(HasSubstr("the owner on ")));
  auto admin = server->client();
  admin.run("ALTER ROLE " + admin.identifier(role) + " CREATEDB");
  EXPECT_THAT(ask(engine::Need::write, server->name("none")).missing, IsEmpty());
}

TEST_F(PostgresRights, NameTheTablesWhoseRowsAreHidden) {
  server->client(database).run("ALTER TABLE users ENABLE ROW LEVEL SECURITY");
  const auto found = ask(engine::Need::read, database);
  EXPECT_THAT(found.missing,
              Contains(AllOf(HasSubstr("BYPASSRLS"), HasSubstr("users"), Not(HasSubstr("\"T\"")))));
  EXPECT_THAT(found.hint, HasSubstr("ALTER ROLE"));
  auto admin = server->client();
  admin.run("ALTER ROLE " + admin.identifier(role) + " BYPASSRLS");
  EXPECT_THAT(ask(engine::Need::read, database).missing, Not(Contains(HasSubstr("BYPASSRLS"))));
}

TEST_F(PostgresRights, AreNotNeededOnASnapshot) {
  auto admin = server->client();
  admin.run(fmt::format("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", admin.identifier(database)));
  EXPECT_THAT(ask(engine::Need::read, database).missing, Contains(HasSubstr("CONNECT on ")));
  admin.run(fmt::format("ALTER DATABASE {} IS_TEMPLATE true ALLOW_CONNECTIONS false",
                        admin.identifier(database)));
  EXPECT_THAT(ask(engine::Need::read, database).missing, IsEmpty());
  admin.run(fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS true", admin.identifier(database)));
}

struct PostgresCreation : public PostgresRights {
  std::vector<engine::Obstacle> obstacles(const std::string& owner) {
    RealClock clock;
    test::WitnessedRun witness(clock, std::chrono::minutes(2));
    Server as({Secret(server->uri_as(role, "secret-3")), {}, {}, "test"});
    return creation_obstacles(witness.run, as, owner);
  }
};

TEST_F(PostgresCreation, RequiresAnExistingOwnerAndAMembership) {
  const auto owner = server->name("an \"owner");
  EXPECT_THAT(obstacles(""), IsEmpty());
  ASSERT_EQ(obstacles(owner).size(), 1U);
  EXPECT_EQ(obstacles(owner)[0].kind, ErrorKind::config);
  auto admin = server->client();
  admin.run("CREATE ROLE " + admin.identifier(owner));
  ASSERT_EQ(obstacles(owner).size(), 1U);
  EXPECT_EQ(obstacles(owner)[0].kind, ErrorKind::permission);
  admin.run(fmt::format("GRANT {} TO {}", admin.identifier(owner), admin.identifier(role)));
  EXPECT_THAT(obstacles(owner), IsEmpty());
  admin.run(fmt::format("ALTER ROLE {} NOINHERIT", admin.identifier(role)));
  if (server->version() < 16) {
    EXPECT_EQ(obstacles(owner).size(), 1U);
  }
  admin.run("DROP ROLE " + admin.identifier(owner));
}

TEST_F(PostgresCreation, IsRefusedOnAStandby) {
  auto standby = server->another({{"hot_standby", "on"}});
  if (!standby) GTEST_SKIP() << "an external server";
  // Recovery without a target never ends: the server stays a standby without a primary.
  std::ofstream(standby->data() / "standby.signal");
  standby->restart(SIGINT);
  RealClock clock;
  test::WitnessedRun witness(clock, std::chrono::minutes(2));
  Server as({Secret(standby->uri()), {}, {}, "test"});
  const auto found = creation_obstacles(witness.run, as, "");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].message, HasSubstr("standby"));
  EXPECT_THAT(found[0].hint, HasSubstr("primary"));
}

}  // namespace
}  // namespace tidegate::engine::postgresql
