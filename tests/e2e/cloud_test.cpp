/// The whole program with the users that `check --grants` creates, on a server without a superuser.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/cloud_program.hpp"

namespace tidegate::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Cloud : CloudProgram {
  std::string database() const { return fmt::format(R"({{"database": "{}"}})", named("snapshot")); }
  std::string archive(const std::string& more = "") const {
    return fmt::format(R"({{"directory": "{}"{}}})", archives(), more);
  }
  /// Runs every step that the printed users are for.
  void go_round() {
    EXPECT_THAT(said(0, {"check"}), Not(HasSubstr("failed")));
    tidegate(0, {"snapshot"});
    tidegate(0, {"restore", "pr-1"});
    tidegate(0, {"verify", "pr-1"});
    EXPECT_EQ(superuser(named("pr_1")).text("SELECT count(*) FROM users"), "50");
    EXPECT_EQ(superuser().text("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1",
                               {named("pr_1")}),
              owner());
    tidegate(0, {"restore", "pr-1"});
    tidegate(0, {"drop", "pr-1", "--yes"});
  }
};

TEST_F(Cloud, CompletesEveryStepWithTheGrantsThatCheckPrints) {
  configure(database());
  grant();
  go_round();
}

TEST_F(Cloud, CompletesEveryStepWithArchivesAndTheirRestoreTest) {
  configure(archive());
  grant();
  go_round();
  tidegate(0, {"verify", "snapshot", "--restore"});
}

TEST_F(Cloud, LetsTheProducerRestoreArchivesWhereNoOtherUserCan) {
  configure(archive(R"(, "drill": "weekly", "schedule": "0 3 * * *")"), Previews::none);
  grant();
  tidegate(0, {"check"});
  tidegate(0, {"snapshot"});
  tidegate(0, {"verify", "snapshot", "--restore"});
  as(admin, "postgres").run(fmt::format("ALTER ROLE {} NOCREATEDB", named("producer")));
  EXPECT_THAT(said(9, {"check"}), HasSubstr("CREATEDB"));
}

TEST_F(Cloud, CopiesASnapshotThatItMayNotConnectTo) {
  as(app, production()).run(fmt::format("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", production()));
  configure(database());
  grant();
  go_round();
}

TEST_F(Cloud, ReadsWithoutPgReadAllDataTableByTable) {
  // As from version 16 on, where the administrator may not give that role away, and on 13.
  configure(database());
  grant();
  auto super = superuser();
  if (super.text("SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid "
                 "WHERE r.rolname = 'pg_read_all_data' AND m.member = $1::regrole",
                 {named("producer")}) != "0") {
    GTEST_SKIP() << "the administrator of this version may give pg_read_all_data";
  }
  go_round();
  as(app, production()).run("CREATE TABLE later (id int)");
  tidegate(0, {"check"});
}

TEST_F(Cloud, GrantsNothingOnExcludedTables) {
  configure(fmt::format(R"({{"database": "{}", "exclude": ["audit_*"]}})", named("snapshot")));
  grant();
  const auto may = [&](const std::string& relation) {
    return superuser(production())
        .text("SELECT has_table_privilege($1, $2, 'SELECT')", {named("producer"), relation});
  };
  EXPECT_EQ(may("users"), "t");
  EXPECT_EQ(may("\"My own\".\"T\""), "t");
  EXPECT_EQ(may("users_id_seq"), "t");
  EXPECT_EQ(may("audit_log"), "f");
  EXPECT_EQ(may("audit_log_id_seq"), "f");
}

TEST_F(Cloud, LeavesTheAdministratorNoMemberOfTheOwners) {
  configure(database());
  grant();
  EXPECT_EQ(superuser().text("SELECT pg_has_role($1, $2, 'USAGE')", {admin, app}), "f");
}

TEST_F(Cloud, NamesTheTablesWhoseRowsAreHidden) {
  as(app, production())
      .run(
          "ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY all_rows ON users USING "
          "(true)");
  configure(database());
  grant();
  EXPECT_THAT(granted, HasSubstr("row level security hides rows of these"));
  const auto found = said(9, {"check"});
  EXPECT_THAT(found, HasSubstr("BYPASSRLS"));
  EXPECT_THAT(found, HasSubstr("users"));
  const auto stopped = said(9, {"snapshot"});
  EXPECT_THAT(stopped, HasSubstr("BYPASSRLS"));
  EXPECT_THAT(stopped, Not(HasSubstr("SELECT")));
  superuser().run(fmt::format("ALTER ROLE {} BYPASSRLS", named("producer")));
  go_round();
}

TEST_F(Cloud, GivesBypassrlsWhereTheAdministratorMay) {
  if (server->version() < 16) GTEST_SKIP() << "a superuser alone may give it";
  superuser().run(fmt::format("ALTER ROLE {} BYPASSRLS", admin));
  as(app, production()).run("ALTER TABLE users ENABLE ROW LEVEL SECURITY");
  configure(database());
  grant();
  go_round();
}

TEST_F(Cloud, NamesAnOwnerThatDoesNotExistAndOneThatItCannotActFor) {
  configure(database());
  grant();
  auto super = superuser();
  super.run(fmt::format("DROP ROLE {}", owner()));
  const auto missing = said(3, {"check"});
  EXPECT_THAT(missing, HasSubstr(fmt::format("names role '{}', which does not exist", owner())));
  EXPECT_THAT(missing, HasSubstr("CREATE ROLE"));
  tidegate(3, {"snapshot"});
  super.run(fmt::format("CREATE ROLE {}", owner()));
  EXPECT_THAT(said(9, {"check"}), HasSubstr("GRANT"));
  tidegate(9, {"snapshot"});
  super.run(fmt::format("GRANT {0} TO {1}; GRANT {0} TO {2}", owner(), named("producer"),
                        named("filler")));
  go_round();
}

TEST_F(Cloud, RequiresAMembershipThatMayActForTheOwner) {
  if (server->version() < 16) GTEST_SKIP() << "memberships have no options yet";
  configure(database());
  grant();
  superuser().run(
      fmt::format("REVOKE {0} FROM {1} GRANTED BY {2}; "
                  "GRANT {0} TO {1} WITH SET FALSE",
                  owner(), named("producer"), admin));
  EXPECT_THAT(said(9, {"check"}), HasSubstr("WITH INHERIT TRUE, SET TRUE"));
}

TEST_F(Cloud, NamesTheParametersThatLibpqDoesNotKnow) {
  configure(database());
  grant();
  directory.write("tidegate.yaml",
                  fmt::format("databases:\n  shop:\n    engine: postgresql\n    production:\n"
                              "      uri: {}?schema=public&connection_limit=5\n"
                              "      database: {}\n    snapshot:\n      database: {}\n",
                              uri_of(named("producer")), production(), named("snapshot")));
  for (const auto* command : {"check", "snapshot"}) {
    const auto words = said(3, {command});
    EXPECT_THAT(words, HasSubstr("'schema', 'connection_limit'"));
    EXPECT_THAT(words, HasSubstr("tidegate.yaml:5"));
    EXPECT_THAT(words, HasSubstr("databases.shop.production.uri"));
    EXPECT_THAT(words, Not(HasSubstr("secret-5")));
  }
}

TEST_F(Cloud, SaysHowToDropADatabaseThatASubscriptionHolds) {
  configure(database());
  grant();
  tidegate(0, {"snapshot"});
  tidegate(0, {"restore", "pr-1"});
  superuser(named("pr_1"))
      .run(
          "CREATE SUBSCRIPTION sub CONNECTION 'host=127.0.0.1 port=1 dbname=x' PUBLICATION p "
          "WITH (connect = false, slot_name = NONE)");
  const auto refused = said(7, {"drop", "pr-1", "--yes"});
  EXPECT_THAT(refused, HasSubstr("subscription 'sub'"));
  EXPECT_THAT(refused, HasSubstr("SET (slot_name = NONE)"));
  EXPECT_THAT(refused, Not(HasSubstr("tried")));
  superuser(named("pr_1")).run("DROP SUBSCRIPTION sub");
  tidegate(0, {"drop", "pr-1", "--yes"});
}

TEST_F(Cloud, TriesAPermanentFailureOnce) {
  as(app, production())
      .run(
          "CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int REFERENCES "
          "parent)");
  {
    auto super = superuser(production());
    super.run("SET session_replication_role = replica; INSERT INTO child VALUES (7)");
  }
  configure(fmt::format(R"({{"database": "{}", "retries": 3}})", named("snapshot")));
  grant();
  const auto failed = said(13, {"snapshot"});
  EXPECT_THAT(failed, HasSubstr("violates foreign key constraint"));
  EXPECT_THAT(failed, Not(HasSubstr("tried")));
  EXPECT_THAT(failed, HasSubstr("NOT VALID"));
}

}  // namespace
}  // namespace tidegate::test
