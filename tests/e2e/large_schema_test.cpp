/// Some hundred objects of every kind go round: production, snapshot, preview, archive, restore.
/// The end is the same as the beginning, by the server's own pg_dump and by every row.

#include "support/large_schema.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "support/postgresql_data.hpp"
#include "support/schema_dump.hpp"

namespace tidegate::test {
namespace {

using Strings = std::vector<std::string>;
using testing::IsEmpty;
using testing::IsSupersetOf;

constexpr auto k_password = "a producer's";
constexpr auto k_grants_on_public = "Name: SCHEMA public; Type: ACL";

/// Kinds that the production of a plain role has, as pg_dump names them.
const Strings k_types{"ACL",
                      "AGGREGATE",
                      "CAST",
                      "COLLATION",
                      "COMMENT",
                      "CONSTRAINT",
                      "CONVERSION",
                      "DEFAULT",
                      "DEFAULT ACL",
                      "DOMAIN",
                      "EXTENSION",
                      "FK CONSTRAINT",
                      "FUNCTION",
                      "INDEX",
                      "INDEX ATTACH",
                      "MATERIALIZED VIEW",
                      "OPERATOR",
                      "POLICY",
                      "PROCEDURE",
                      "ROW SECURITY",
                      "RULE",
                      "SCHEMA",
                      "SEQUENCE",
                      "SEQUENCE OWNED BY",
                      "STATISTICS",
                      "TABLE",
                      "TABLE ATTACH",
                      "TEXT SEARCH CONFIGURATION",
                      "TEXT SEARCH DICTIONARY",
                      "TRIGGER",
                      "TYPE",
                      "VIEW"};
const Strings k_superusers_types{
    "ACCESS METHOD",   "EVENT TRIGGER",       "FOREIGN DATA WRAPPER", "OPERATOR CLASS",
    "OPERATOR FAMILY", "PROCEDURAL LANGUAGE", "PUBLICATION",          "SERVER",
    "SHELL TYPE",      "TEXT SEARCH PARSER",  "TEXT SEARCH TEMPLATE", "TRANSFORM"};

class LargeSchema : public testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_POSTGRESQL(found);
    if (found->programs().empty()) GTEST_SKIP() << "pg_dump of the server's version is needed";
    server = found;
    static int number = 0;
    prefix = server->name(fmt::format("large{}_", ++number));
    auto admin = server->client();
    for (const auto* role : {"app", "preview", "reader"}) admin.run("CREATE ROLE " + named(role));
    admin.run(
        fmt::format("CREATE DATABASE {} OWNER {} TEMPLATE template0", named("shop"), named("app")));
    if (server->version() < 15) {
      server->client(named("shop"))
          .run("REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT CREATE ON SCHEMA public TO " +
               named("app"));
    }
  }

  void TearDown() override {
    if (server == nullptr) return;
    server->drop_databases(prefix);
    auto admin = server->client();
    for (const auto* role : {"producer", "app", "preview", "reader"}) {
      if (admin.text("SELECT 1 FROM pg_roles WHERE rolname = $1", {named(role)}).empty()) continue;
      admin.run(fmt::format("DROP OWNED BY {0} CASCADE; DROP ROLE {0}", named(role)));
    }
  }

  std::string named(const std::string& what) const { return prefix + what; }

  void make_producer(const std::string& attributes, const std::string& grants = {}) {
    auto admin = server->client();
    admin.run(fmt::format("CREATE ROLE {} LOGIN {} PASSWORD {}", named("producer"), attributes,
                          admin.literal(k_password)));
    if (!grants.empty()) admin.run(fmt::format("GRANT {} TO {}", grants, named("producer")));
  }

  void make_production() {
    auto inside = server->client(named("shop"));
    inside.run("SET ROLE " + named("app"));
    for (const auto& part : large_schema(server->version(), named("reader"))) {
      try {
        inside.run(part);
      } catch (const SqlFailed& error) {
        FAIL() << error.what() << " in " << part.substr(0, 200);
      }
    }
    inside.run("RESET ROLE");
    for (const auto& oid : inside.column("SELECT oid FROM pg_largeobject_metadata")) {
      inside.run(fmt::format("GRANT SELECT ON LARGE OBJECT {} TO {}", oid, named("reader")));
    }
  }

  /// One leg: `from` is copied into `to`, by a snapshot of this kind.
  void carry(const std::string& from, const std::string& to, const Json& place,
             const std::string& owner) {
    const Json shop = {
        {"engine", "postgresql"},
        {"production",
         {{"uri", "${TEST_URI}"}, {"database", named(from)}, {"allow_write_access", true}}},
        {"snapshot", place},
        {"previews", {{"database", named(to) + "_{number}"}, {"uri", "${TEST_URI}"}}}};
    Json file{{"databases", {{"shop", shop}}}};
    if (!owner.empty()) file["databases"]["shop"]["previews"]["owner"] = owner;
    directory.write("tidegate.yaml", file.dump(2));
    for (const Strings& each :
         {Strings{"check"}, {"snapshot"}, {"restore", "pr-1", "--yes"}, {"verify", "pr-1"}}) {
      tidegate(each);
      if (HasFatalFailure()) return;
    }
  }

  void tidegate(Strings arguments) {
    SCOPED_TRACE(arguments.front());
    arguments.insert(arguments.begin(), built_program().string());
    const auto outcome = run({arguments,
                              {{"TEST_URI", server->uri_as(named("producer"), k_password)}},
                              {},
                              directory.path()},
                             directory.path());
    ASSERT_EQ(outcome.exit_code, 0) << outcome;
  }

  void go_round(const std::string& owner) {
    carry("shop", "preview", {{"database", named("snapshot")}}, owner);
    if (HasFatalFailure()) return;
    carry("preview_1", "again",
          {{"directory", (directory.path() / "archives").string()}, {"checksums", true}}, owner);
  }

  /// Before version 15 schema public belongs to the server, and a plain role cannot grant on it.
  Strings of_a_plain_role(Strings exceptions = {}) const {
    if (server->version() < 15) exceptions.emplace_back(k_grants_on_public);
    return exceptions;
  }

  static PostgresImage image(SqlClient& client, const Strings& exceptions) {
    auto lines = image_of(client);
    if (std::find(exceptions.begin(), exceptions.end(), k_grants_on_public) != exceptions.end()) {
      std::erase_if(lines, [](const auto& line) { return line.starts_with("schema public "); });
    }
    return lines;
  }

  void expect_same(const std::string& copy, const std::string& owner, const Strings& exceptions) {
    SCOPED_TRACE(copy);
    auto production = schema_dump(*server, named("shop"));
    if (!owner.empty()) production = production.renamed(named("app"), owner);
    EXPECT_THAT(differences(production, schema_dump(*server, named(copy)), exceptions), IsEmpty());
    auto source = server->client(named("shop")), target = server->client(named(copy));
    auto expected = image(source, exceptions);
    if (!owner.empty()) {
      for (auto& line : expected) {
        for (auto at = line.find(named("app")); at != std::string::npos;
             at = line.find(named("app"))) {
          line.replace(at, named("app").size(), owner);
        }
      }
      std::sort(expected.begin(), expected.end());
    }
    EXPECT_THAT(differences(expected, image(target, exceptions)), IsEmpty());
    EXPECT_EQ(large_objects(source), large_objects(target));
  }

  /// Which pg_dump counts among the rows: their comments, and what the reader may do.
  Strings large_objects(SqlClient& client) {
    return client.column(
        "SELECT format('%s %s %s', l.oid, obj_description(l.oid, 'pg_largeobject'), (SELECT "
        "string_agg(privilege_type, ',') FROM aclexplode(lomacl) WHERE grantee = $1::regrole)) "
        "FROM pg_largeobject_metadata l ORDER BY oid",
        {named("reader")});
  }

  PostgresServer* server = nullptr;
  std::string prefix;
  TempDir directory{"large"};
};

TEST_F(LargeSchema, HasHundredsOfObjectsOfEveryKind) {
  make_production();
  if (HasFatalFailure()) return;
  server->client(named("shop")).run(superusers_schema(server->version(), named("app")));
  const auto dump = schema_dump(*server, named("shop"));
  EXPECT_GE(dump.entries.size(), 1000U);
  const auto types = dump.types();
  EXPECT_THAT(types, IsSupersetOf(k_types));
  EXPECT_THAT(types, IsSupersetOf(k_superusers_types));
  EXPECT_THAT(server->client(named("shop"))
                  .column("SELECT oid::regclass FROM pg_class c WHERE relkind = 'r' AND "
                          "relnamespace::regnamespace::text !~ '^(pg_|information_schema)' AND "
                          "(xpath('/row/n/text()', query_to_xml('SELECT count(*) AS n FROM ' || "
                          "oid::regclass, false, true, '')))[1]::text = '0'"),
              IsEmpty())
      << "tables without rows";
}

TEST_F(LargeSchema, GoesRoundByASuperuser) {
  make_producer("SUPERUSER");
  make_production();
  if (HasFatalFailure()) return;
  server->client(named("shop")).run(superusers_schema(server->version(), named("app")));
  go_round({});
  if (HasFatalFailure()) return;
  const Strings publishing{"Type: PUBLICATION"};
  expect_same("preview_1", {}, publishing);
  expect_same("again_1", {}, publishing);
}

TEST_F(LargeSchema, GoesRoundByAPlainRoleThatGivesAllAway) {
  make_producer("CREATEDB BYPASSRLS", named("app") + ", " + named("preview"));
  make_production();
  if (HasFatalFailure()) return;
  go_round(named("preview"));
  if (HasFatalFailure()) return;
  // Default privileges of a role for which the new owner cannot act are left out, and an owner who
  // had taken a right away from himself is another one now.
  const auto owners = of_a_plain_role({"Type: DEFAULT ACL", "Name: TABLE dropped; Type: ACL"});
  expect_same("preview_1", named("preview"), owners);
  expect_same("again_1", named("preview"), owners);
}

TEST_F(LargeSchema, GoesRoundByAPlainRoleThatActsForTheOwner) {
  make_producer("CREATEDB BYPASSRLS", named("app"));
  make_production();
  if (HasFatalFailure()) return;
  go_round({});
  if (HasFatalFailure()) return;
  expect_same("preview_1", {}, of_a_plain_role());
  expect_same("again_1", {}, of_a_plain_role());
}

}  // namespace
}  // namespace tidegate::test
