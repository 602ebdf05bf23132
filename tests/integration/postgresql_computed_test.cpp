// Values that the copy computes again, and the locale of the copy.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/postgresql_copy.hpp"

namespace tidegate::test {
namespace {

using testing::HasSubstr;

TEST_F(PostgresqlCopy, StaleViewsSayInTheMetadataThatTheyWereRefreshed) {
  in(production())
      .run(
          "CREATE TABLE n AS SELECT 1 AS i; CREATE MATERIALIZED VIEW sums AS SELECT sum(i) FROM n;"
          "CREATE MATERIALIZED VIEW fresh AS SELECT 1 AS i; INSERT INTO n VALUES (2)");
  copy(in_a_database());
  const auto contents = Json::parse(comment(preview())).at("contents");
  const auto note_of = [&](const std::string& name) {
    for (const auto& each : contents) {
      if (each.at("name") == name) return each.value("note", "");
    }
    return std::string("not listed");
  };
  EXPECT_THAT(note_of("sums"), HasSubstr("refreshed"));
  EXPECT_EQ(note_of("fresh"), "");
  in(preview()).run("INSERT INTO n VALUES (3); REFRESH MATERIALIZED VIEW sums");
  EXPECT_THAT(tidegate(10, {"verify", "pr-1"}).all(), HasSubstr("sums"))
      << "a preview's own view is compared with the copied rows";
}

TEST_F(PostgresqlCopy, ChangedRowsWithAGeneratedColumnAreADifference) {
  in(production())
      .run(
          "CREATE TABLE t (n int, g int GENERATED ALWAYS AS (n * 2) STORED, z text);"
          "INSERT INTO t (n, z) VALUES (1, 'a')");
  write_configuration(in_archives());
  tidegate(0, {"snapshot"});
  const auto path = archives() / names(".json").at(0);
  auto sidecar = Json::parse(read_text(path));
  for (auto& content : sidecar.at("contents")) {
    if (content.at("name") != "t") continue;
    ASSERT_TRUE(content.contains("inputChecksum"));
    content["checksum"] = "xxh3:" + std::string(32, '0');
    content["inputChecksum"] = "xxh3:" + std::string(32, '0');
  }
  directory.write("archives/" + path.filename().string(), sidecar.dump());
  EXPECT_THAT(tidegate(10, {"restore", "pr-1", "--retries", "0"}).all(),
              HasSubstr("'t': checksum"));
}

TEST_F(PostgresqlCopy, SeedsAreNotEndedByLimitsOfADatabase) {
  in(production())
      .run(text("ALTER DATABASE {db} SET default_transaction_read_only = on;"
                "ALTER DATABASE {db} SET statement_timeout = '400ms'"));
  const auto seed = directory.write(
      "seed.sql",
      "CREATE TABLE seeded (i int); SELECT pg_sleep(0.8); INSERT INTO seeded VALUES (1)");
  copy(in_a_database());  // the preview has the settings, and its successor takes them over
  write_configuration(in_a_database(), {{"file", seed.string()}});
  tidegate(0, {"drop", "pr-1", "--seed", "--commit", "4be1c02", "--yes"});
  EXPECT_EQ(in(preview()).text("SELECT i FROM seeded"), "1");
  EXPECT_EQ(in(preview()).text("SHOW statement_timeout"), "400ms") << "the application has them";
  write_configuration(
      in_a_database(),
      {{"command", "psql -X -v ON_ERROR_STOP=1 \"$TIDEGATE_URI\" -f " + seed.string()}});
  tidegate(0, {"drop", "pr-1", "--seed", "--commit", "4be1c02", "--yes"});
  EXPECT_EQ(in(preview()).text("SELECT i FROM seeded"), "1");
}

/// A cluster whose databases use ICU by default.
class PostgresqlCopyOnIcu : public PostgresqlCopy {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_POSTGRESQL(found);
    if (found->version() < 15) GTEST_SKIP() << "before 15 a cluster has no provider";
    icu_ = found->another({}, {"--locale-provider=icu", "--icu-locale=en-US"});
    if (!icu_) GTEST_SKIP() << "needs a server of its own";
    set_up_on(*icu_);
    make_roles();
  }
  void TearDown() override {
    if (icu_) PostgresqlProgram::TearDown();
  }

  void make_production(const std::string& options) {
    auto admin = server->client();
    admin.run(text("DROP DATABASE {db}"));
    admin.run(text("CREATE DATABASE {db} TEMPLATE template0 ENCODING 'UTF8' " + options));
    in(production())
        .run("CREATE TABLE w (t text); INSERT INTO w VALUES ('a'), ('B'), ('c'), ('_')");
  }

 private:
  std::unique_ptr<PostgresServer> icu_;
};

TEST_F(PostgresqlCopyOnIcu, SortAsProductionDoes) {
  const auto* sorted = "SELECT string_agg(t, '' ORDER BY t) FROM w";
  struct Case {
    const char *options, *order;
  };
  for (const auto& each : {Case{"LOCALE_PROVIDER libc LOCALE 'C'", "B_ac"},
                           Case{"LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'", "B_ac"},
                           Case{"LOCALE_PROVIDER icu ICU_LOCALE 'und'", "_aBc"}}) {
    SCOPED_TRACE(each.options);
    make_production(each.options);
    ASSERT_EQ(in(production()).text(sorted), each.order);
    for (const auto& snapshot : {in_a_database(), in_archives()}) {
      copy(snapshot);
      EXPECT_EQ(in(preview()).text(sorted), each.order);
      tidegate(0, {"drop", "pr-1"});
    }
  }
}

TEST_F(PostgresqlCopyOnIcu, AnArchiveSortsAsItsProductionDidAfterThatWasDropped) {
  make_production("LOCALE_PROVIDER libc LOCALE 'C'");
  write_configuration(in_archives());
  tidegate(0, {"snapshot"});
  server->client().run(text("DROP DATABASE {db}"));
  tidegate(0, {"restore", "pr-1"});
  EXPECT_EQ(in(preview()).text("SELECT string_agg(t, '' ORDER BY t) FROM w"), "B_ac");
}

}  // namespace
}  // namespace tidegate::test
