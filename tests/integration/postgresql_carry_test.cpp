/// A preview has every kind of object in production, or the snapshot refuses it by name.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "support/fake_world.hpp"
#include "support/postgresql_flow.hpp"

namespace tidegate::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class PostgresqlCarries : public PostgresqlFlow {
 protected:
  /// Fills a preview from this production with verification, and audits it.
  void carry(const std::string& sql) {
    load_production(sql);
    take();
    fill("pr-1");
    for (const auto& difference : audit("pr-1").differences) {
      ADD_FAILURE() << difference.collection << ": " << difference.what << " should be "
                    << difference.expected << ", is " << difference.found;
    }
    EXPECT_TRUE(audit("snapshot").equal());
    EXPECT_THAT(staging(), IsEmpty());
  }
};

TEST_F(PostgresqlCarries, NamesOfEveryKind) {
  const std::string longest(63, 'x');
  carry(
      "CREATE SCHEMA \"Odd \"\"schema\"\".x\"; CREATE SCHEMA a;"
      "CREATE TABLE \"Odd \"\"schema\"\".x\".\"Grüße-数据 %s\" (\"a b\" int, \"tidegate\" text);"
      "INSERT INTO \"Odd \"\"schema\"\".x\".\"Grüße-数据 %s\" VALUES (1, 'one');"
      "CREATE TABLE a.\"b.c\" (id int); CREATE TABLE \"a.b\" (id int); CREATE TABLE a.b (id int);"
      "CREATE TABLE \"" +
      longest + "\" (id int); INSERT INTO a.\"b.c\" VALUES (7)");
  std::vector<std::string> names;
  for (const auto& item : inspect("pr-1").items) names.push_back(item.name);
  EXPECT_THAT(names, testing::UnorderedElementsAre("\"Odd \"\"schema\"\".x\".Grüße-数据 %s",
                                                   "a.\"b.c\"", "\"a.b\"", "a.b", longest));
  EXPECT_EQ(in("pr-1").text("SELECT id FROM a.\"b.c\""), "7");
}

TEST_F(PostgresqlCarries, ValuesWhoseTextDependsOnSettings) {
  carry(
      "CREATE TABLE v (f float8, r real, t timestamptz, i interval, b bytea, m money, n numeric,"
      "  j jsonb, a text[], c regclass, x xml, e int4range);"
      "INSERT INTO v VALUES (0.1 + 0.2, 1e-7, '2026-10-25 02:30+02', '1 day 2:03', '\\x00ff', 12.5,"
      "  1.500, '{\"a\": [1, null]}', '{\"a,b\",NULL}', 'v', '<a/>', '[1,5)'),"
      "  ('NaN', '-infinity', 'infinity', NULL, NULL, NULL, 'NaN', NULL, '{}', NULL, NULL, "
      "'empty')");
  auto client = in("production");
  const auto sql = "ALTER DATABASE " + quoted("pr-1") + " SET ";
  for (const auto* setting : {"extra_float_digits = -3", "TimeZone = 'Asia/Tokyo'",
                              "DateStyle = 'German'", "bytea_output = 'escape'"}) {
    client.run(sql + setting);
  }
  EXPECT_TRUE(audit("pr-1").equal());
}

TEST_F(PostgresqlCarries, IdentitiesSequencesKeysAndTriggers) {
  carry(
      "CREATE TABLE parent (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE,"
      "  twice text GENERATED ALWAYS AS (name || name) STORED, CHECK (name IN ('a', 'b')));"
      "CREATE TABLE child (id serial PRIMARY KEY, parent bigint REFERENCES parent DEFERRABLE);"
      "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS "
      "  $$BEGIN RAISE EXCEPTION 'no'; END$$;"
      "INSERT INTO parent (name) VALUES ('a'), ('b'); INSERT INTO child (parent) VALUES (1), (2);"
      "CREATE TRIGGER stop BEFORE DELETE ON child EXECUTE FUNCTION stop()");
  auto preview = in("pr-1");
  EXPECT_EQ(preview.text("INSERT INTO child (parent) VALUES (2) RETURNING id"), "3");
  EXPECT_THROW(preview.run("INSERT INTO child (parent) VALUES (99)"), SqlFailed);
  EXPECT_THROW(preview.run("DELETE FROM child"), SqlFailed);
  EXPECT_EQ(preview.text("SELECT twice FROM parent WHERE id = 2"), "bb");
}

TEST_F(PostgresqlCarries, PartitionsInheritanceAndViewsOfBothKinds) {
  carry(
      "CREATE TABLE logs (at date, line text) PARTITION BY RANGE (at);"
      "CREATE TABLE logs_2025 PARTITION OF logs FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');"
      "CREATE TABLE logs_rest PARTITION OF logs DEFAULT;"
      "INSERT INTO logs VALUES ('2025-06-01', 'old'), ('2026-06-01', 'new');"
      "CREATE TABLE base (a int); CREATE TABLE derived (b int) INHERITS (base);"
      "ALTER TABLE base ADD COLUMN c int; INSERT INTO derived VALUES (1, 2, 3);"
      "INSERT INTO base VALUES (4, 5);"
      "CREATE VIEW merged AS SELECT a FROM base; "
      "CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM logs;"
      "CREATE UNIQUE INDEX ON counted (n);"
      "CREATE MATERIALIZED VIEW never AS SELECT 1 AS one WITH NO DATA");
  const auto metadata = *inspect("pr-1").metadata;
  EXPECT_THAT(metadata.collections,
              ElementsAre("base", "derived", "logs", "logs_2025", "logs_rest"));
  EXPECT_EQ(metadata.find("logs")->documents, 0);
  EXPECT_EQ(metadata.find("logs_2025")->documents, 1);
  EXPECT_EQ(metadata.find("base")->documents, 1);
  EXPECT_EQ(metadata.find("counted")->type, "materialized view");
  EXPECT_EQ(metadata.find("counted")->documents, 1);
  auto preview = in("pr-1");
  EXPECT_EQ(preview.text("SELECT n FROM counted"), "2");
  EXPECT_EQ(preview.text("SELECT count(*) FROM merged"), "2");
}

TEST_F(PostgresqlCarries, LargeObjectsOfMoreThanOnePiece) {
  carry(
      "SELECT lo_from_bytea(4711, 'small'); SELECT lo_from_bytea(4712, '');"
      "SELECT lo_from_bytea(4713, convert_to(repeat('0123456789abcdef', 1100000), 'UTF8'))");
  EXPECT_EQ(in("pr-1").text("SELECT convert_from(lo_get(4711), 'UTF8')"), "small");
  const auto* content = inspect("pr-1").metadata->find("pg_catalog.pg_largeobject");
  ASSERT_NE(content, nullptr);
  EXPECT_EQ(content->documents, 3);
  EXPECT_EQ(content->bytes.count, 5 + 17600000);
  in("pr-1").run("SELECT lo_put(4713, 17500000, 'x')");
  const auto differences = audit("pr-1").differences;
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_EQ(differences.front().what, "checksum");
}

TEST_F(PostgresqlCarries, ExtensionsAndLeavesTheirTablesToThem) {
  carry(
      "CREATE EXTENSION citext; CREATE EXTENSION hstore;"
      "CREATE TABLE people (name citext UNIQUE, more hstore);"
      "INSERT INTO people VALUES ('Ann', 'a=>1')");
  EXPECT_EQ(in("pr-1").text("SELECT more -> 'a' FROM people WHERE name = 'ANN'"), "1");
}

TEST_F(PostgresqlCarries, SettingsGrantsAndLocaleOfTheDatabase) {
  const auto role = server->name("app");
  auto client = admin();
  const auto name = client.identifier(role);
  client.run("CREATE ROLE " + name);
  load_production("CREATE TABLE t (id int); CREATE SCHEMA \"My, schema\"");
  const auto production = quoted("production");
  client.run("ALTER DATABASE " + production + " SET search_path = 'My, schema', public");
  client.run("ALTER DATABASE " + production + " SET statement_timeout = '45s'");
  client.run("ALTER ROLE " + name + " IN DATABASE " + production + " SET work_mem = '7MB'");
  client.run("REVOKE ALL ON DATABASE " + production + " FROM PUBLIC");
  client.run("GRANT CONNECT, TEMPORARY ON DATABASE " + production + " TO " + name);
  client.run("ALTER DATABASE " + production + " OWNER TO " + name);
  take();
  fill("pr-1");
  auto preview = in("pr-1");
  EXPECT_EQ(preview.text("SHOW search_path"), "\"My, schema\", public");
  EXPECT_EQ(preview.text("SHOW statement_timeout"), "45s");
  const auto facts =
      "SELECT datacl::text || pg_get_userbyid(datdba) || datcollate || encoding FROM pg_database "
      "WHERE datname = $1";
  EXPECT_EQ(client.text(facts, {database("pr-1")}), client.text(facts, {database("production")}));
  EXPECT_EQ(client.text("SELECT setconfig::text FROM pg_db_role_setting s JOIN pg_database d "
                        "ON d.oid = s.setdatabase WHERE d.datname = $1 AND setrole <> 0",
                        {database("pr-1")}),
            "{work_mem=7MB}");
  under_test.reset();
  client.run("DROP ROLE " + name);
}

TEST_F(PostgresqlCarries, NoForeignTableAndNoUserMapping) {
  load_production(
      "CREATE EXTENSION postgres_fdw; CREATE TABLE mine (id int);"
      "CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1');"
      "CREATE USER MAPPING FOR CURRENT_USER SERVER elsewhere OPTIONS (password 'a secret');"
      "CREATE FOREIGN TABLE theirs (id int) SERVER elsewhere");
  const auto error = error_of([&] { take(); });
  EXPECT_EQ(error.kind(), ErrorKind::refused);
  EXPECT_THAT(error.message(), HasSubstr("'theirs'"));
  EXPECT_THAT(error.message(), HasSubstr("'elsewhere'"));
  EXPECT_FALSE(exists("snapshot"));

  auto plan = snapshot_plan(topology());
  plan.selection.exclude = {"theirs"};
  take(plan);
  EXPECT_THAT(said, HasSubstr("user mappings"));
  fill("pr-1");
  auto preview = in("pr-1");
  EXPECT_EQ(preview.text("SELECT count(*) FROM pg_user_mappings"), "0");
  EXPECT_EQ(preview.text("SELECT count(*) FROM pg_foreign_table"), "0");
  EXPECT_EQ(preview.text("SELECT count(*) FROM mine"), "0");
}

TEST_F(PostgresqlCarries, OnlyTablesThatAreNotExcluded) {
  load_production(
      "CREATE TABLE kept (id int); CREATE TABLE dropped (id int); INSERT INTO kept VALUES (1);"
      "SELECT lo_from_bytea(1, 'x')");
  auto plan = snapshot_plan(topology());
  plan.selection.exclude = {"dropped"};
  EXPECT_THAT(take(plan).collections, ElementsAre("kept", "pg_catalog.pg_largeobject"));
  fill("pr-1");
  EXPECT_THAT(in("pr-1").column("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"),
              ElementsAre("kept"));
}

TEST_F(PostgresqlCarries, FindsEveryWayInWhichAPreviewDiffers) {
  carry(
      "CREATE TABLE a (id int PRIMARY KEY, t text); CREATE TABLE b (id int); CREATE TABLE c (id "
      "int); CREATE VIEW d AS SELECT 1 AS one; INSERT INTO a VALUES (1, 'x'), (2, 'y'); INSERT "
      "INTO b VALUES (1)");
  in("pr-1").run(
      "UPDATE a SET t = CASE id WHEN 1 THEN 'y' ELSE 'x' END; INSERT INTO b VALUES (2); DROP TABLE "
      "c; CREATE TABLE e (id int); CREATE OR REPLACE VIEW d AS SELECT 2 AS one");
  std::vector<std::string> found;
  for (const auto& each : audit("pr-1").differences)
    found.push_back(each.collection + " " + each.what);
  EXPECT_THAT(found, testing::UnorderedElementsAre("a checksum", "b documents", "c table",
                                                   "e table", "d definition"));
}

TEST_F(PostgresqlCarries, ReadsProductionAtOneMomentWhileItIsWrittenTo) {
  load_production(
      "CREATE TABLE debit (n bigint); CREATE TABLE credit (n bigint);"
      "INSERT INTO debit VALUES (0); INSERT INTO credit VALUES (0)");
  const std::jthread writer([&](std::stop_token stop) {
    auto client = in("production");
    while (!stop.stop_requested()) {
      client.run("UPDATE debit SET n = n - 1; UPDATE credit SET n = n + 1");
    }
  });
  for (int i = 0; i < 3; ++i) {
    take();
    fill("pr-1");
    EXPECT_EQ(in("pr-1").text("SELECT sum(n) FROM (TABLE debit UNION ALL TABLE credit) x"), "0");
  }
}

TEST_F(PostgresqlCarries, NoRowIsReadWhenAPreviewIsFilledFromASnapshotDatabase) {
  load_production(
      "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 9)");
  const auto snapshot = take();
  const auto preview = fill("pr-1");
  EXPECT_EQ(snapshot.verified, Verified::checksum);
  EXPECT_EQ(preview.verified, Verified::size);
  EXPECT_THAT(said, HasSubstr("equal to the snapshot in definition and size"));
  ASSERT_FALSE(snapshot.contents.front().checksum.empty());
  EXPECT_EQ(preview.contents.front().checksum, snapshot.contents.front().checksum);
  EXPECT_EQ(preview.contents.front().documents, 9);
}

TEST_F(PostgresqlCarries, TheOwnerOfPreviewsOwnsTheObjectsOfASnapshotAndNotTheSnapshot) {
  const auto owner = server->name("owner");
  admin().run("CREATE ROLE " + admin().identifier(owner));
  load_production("CREATE TABLE t (id int)");
  auto plan = snapshot_plan(topology());
  plan.copy.owner = owner;
  take(plan);
  const auto owner_of = [&](const std::string& target) {
    return admin().text("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1",
                        {database(target)});
  };
  EXPECT_EQ(owner_of("snapshot"), admin().text("SELECT current_user"));
  fill("pr-1");
  EXPECT_EQ(in("pr-1").text("SELECT tableowner FROM pg_tables WHERE tablename = 't'"), owner);
}

}  // namespace
}  // namespace tidegate::test
