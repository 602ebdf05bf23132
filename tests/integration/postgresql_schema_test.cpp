// Finds each part of a schema that differs in the copy, by the output of pg_dump itself.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "engine/postgresql/copy/definition.hpp"
#include "engine/postgresql/copy/schema_read.hpp"
#include "support/postgres_server.hpp"
#include "support/postgresql_data.hpp"
#include "support/witnesses.hpp"

namespace tidegate::engine::postgresql {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto k_base = R"(
CREATE EXTENSION pg_trgm VERSION '1.5'; CREATE SCHEMA app;
CREATE TABLE app.t (id int PRIMARY KEY, s varchar(9) CHECK (s IN ('a', 'b')), n int DEFAULT 1);
CREATE INDEX i ON app.t (n); CREATE STATISTICS app.st ON id, n FROM app.t;
CREATE VIEW app.v AS SELECT id FROM app.t WHERE n BETWEEN 1 AND 3 AND s IN ('a', 'b');
ALTER TABLE app.t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON app.t AS RESTRICTIVE USING (n > 1);
CREATE FUNCTION app.f(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
REVOKE ALL ON FUNCTION app.f(int) FROM PUBLIC; CREATE TYPE app.mood AS ENUM ('a', 'b');
CREATE FUNCTION app.w() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER w BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION app.w();
COMMENT ON TABLE app.t IS 'a table'; GRANT SELECT ON app.t TO pg_monitor;
CREATE SEQUENCE app.s; CREATE RULE r AS ON DELETE TO app.v DO INSTEAD NOTHING;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO pg_monitor;
)";

struct Change {
  const char *name, *copy, *found;
};

std::ostream& operator<<(std::ostream& out, const Change& change) { return out << change.name; }

std::string name_of(const testing::TestParamInfo<Change>& tried) { return tried.param.name; }

class Schemas : public testing::TestWithParam<Change> {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_POSTGRESQL(found);
    server_ = found;
    for (const auto* name : {"source", "copy"}) make(name);
  }
  void TearDown() override {
    if (server_ != nullptr) server_->drop_databases(server_->name("schemas"));
  }

  DatabaseName named(const std::string& name) const {
    return DatabaseName(server_->name("schemas " + name), EngineKind::postgresql);
  }
  test::SqlClient in(const std::string& name) { return server_->client(named(name).text()); }
  void make(const std::string& name) {
    auto admin = server_->client();
    admin.run("CREATE DATABASE " + admin.identifier(named(name).text()) + " TEMPLATE template0");
    in(name).run(k_base);
  }

  std::vector<std::string> differences(const std::vector<SchemaException>& exceptions = {}) {
    auto& run = witnessed_.run;
    Server server({Secret(server_->uri()), {}, {}, "test"});
    const auto programs = find_programs(run);
    auto source = server.open(run, named("source")), copy = server.open(run, named("copy"));
    auto all = definition_differences(read_definition(run, source, named("source")),
                                      read_definition(run, copy, named("copy")), exceptions);
    const auto read = schema_of(run, source, server, named("source"), programs);
    const auto more =
        compare_schemas(run, copy, outline(run, read, {}), read,
                        schema_of(run, copy, server, named("copy"), programs), {{}, exceptions});
    all.insert(all.end(), more.begin(), more.end());
    std::vector<std::string> names;
    for (const auto& each : all) names.push_back(each.collection);
    return names;
  }

  test::PostgresServer* server_ = nullptr;
  RealClock clock_;
  test::WitnessedRun witnessed_{clock_};
};

TEST_F(Schemas, AreEqualWhereNothingDiffers) { EXPECT_THAT(differences(), IsEmpty()); }

TEST_P(Schemas, AreNotEqualWhere) {
  in("copy").run(GetParam().copy);
  EXPECT_THAT(differences(), ElementsAre(GetParam().found));
  in("source").run(GetParam().copy);
  EXPECT_THAT(differences(), IsEmpty()) << "both have been changed";
}

INSTANTIATE_TEST_SUITE_P(
    Each, Schemas,
    testing::Values(
        Change{"AnIndexIsMissing", "DROP INDEX app.i", "INDEX app.i"},
        Change{"AConstraintIsOther",
               "ALTER TABLE app.t DROP CONSTRAINT t_s_check, ADD CONSTRAINT t_s_check CHECK (s IN "
               "('a', 'c'))",
               "TABLE app.t"},
        Change{"ADefaultDiffers", "ALTER TABLE app.t ALTER n SET DEFAULT 2", "TABLE app.t"},
        Change{"AColumnIsStoredDifferently", "ALTER TABLE app.t ALTER s SET STORAGE EXTERNAL",
               "TABLE app.t"},
        Change{"StatisticsAreMissing", "DROP STATISTICS app.st", "STATISTICS app.st"},
        Change{"AViewIsOther",
               "CREATE OR REPLACE VIEW app.v AS SELECT id FROM app.t WHERE n BETWEEN 1 AND 4 AND s "
               "IN ('a', 'b')",
               "VIEW app.v"},
        Change{"RowSecurityIsOff", "ALTER TABLE app.t DISABLE ROW LEVEL SECURITY",
               "ROW SECURITY app.t"},
        Change{"APolicyIsMissing", "DROP POLICY p ON app.t", "POLICY app.t p"},
        Change{"APolicyIsPermissive",
               "DROP POLICY p ON app.t; CREATE POLICY p ON app.t USING (n > 1)", "POLICY app.t p"},
        Change{"AFunctionIsOther",
               "CREATE OR REPLACE FUNCTION app.f(int) RETURNS int LANGUAGE sql AS 'SELECT $1 + 1'",
               "FUNCTION app.f(integer)"},
        Change{"AFunctionIsOpenToAll", "GRANT EXECUTE ON FUNCTION app.f(int) TO PUBLIC",
               "ACL app.FUNCTION f(integer)"},
        Change{"AGrantIsMissing", "REVOKE SELECT ON app.t FROM pg_monitor", "ACL app.TABLE t"},
        Change{"AnExtensionsGrantIsMissing",
               "REVOKE EXECUTE ON FUNCTION show_trgm(text) FROM PUBLIC",
               "ACL public.FUNCTION show_trgm(text)"},
        Change{"TheServersOwnGrantIsMissing",
               "REVOKE EXECUTE ON FUNCTION pg_sleep(double precision) FROM PUBLIC",
               "ACL pg_catalog.FUNCTION pg_sleep(double precision)"},
        Change{"DefaultPrivilegesAreMissing",
               "ALTER DEFAULT PRIVILEGES IN SCHEMA app REVOKE SELECT ON TABLES FROM pg_monitor",
               "DEFAULT ACL app.DEFAULT PRIVILEGES FOR TABLES"},
        Change{"ATriggerIsOff", "ALTER TABLE app.t DISABLE TRIGGER w", "TRIGGER app.t w"},
        Change{"ARuleIsMissing", "DROP RULE r ON app.v", "RULE app.v r"},
        Change{"AnEnumHasMore", "ALTER TYPE app.mood ADD VALUE 'c'", "TYPE app.mood"},
        Change{"ACommentIsMissing", "COMMENT ON TABLE app.t IS NULL", "COMMENT app.TABLE t"},
        Change{"ASequenceDiffers", "ALTER SEQUENCE app.s INCREMENT 2", "SEQUENCE app.s"},
        Change{"AnExtensionIsOfAnotherVersion", "ALTER EXTENSION pg_trgm UPDATE TO '1.6'",
               "EXTENSION pg_trgm"},
        Change{"AnObjectIsUnexpected", "CREATE SEQUENCE app.more", "SEQUENCE app.more"}),
    name_of);

TEST_F(Schemas, ExceptionsAreNoDifference) {
  in("copy").run("DROP POLICY p ON app.t; DROP INDEX app.i");
  EXPECT_THAT(differences({{"POLICY", "app", "t p", {}}}), ElementsAre("INDEX app.i"));
  EXPECT_THAT(differences({{"POLICY", "app", "t p", {}}, {{}, {}, {}, "INDEX app i anyone"}}),
              IsEmpty());
}

TEST_F(Schemas, SettingsOfADatabaseDoNotChangeItsPrintedForm) {
  auto admin = server_->client();
  in("source").run(
      "CREATE TABLE app.at (t timestamptz DEFAULT '2026-01-01 00:00+00', b bytea "
      "DEFAULT '\\x00ff', x text DEFAULT 'user')");
  in("copy").run(
      "CREATE TABLE app.at (t timestamptz DEFAULT '2026-01-01 00:00+00', b bytea "
      "DEFAULT '\\x00ff', x text DEFAULT 'user')");
  const auto source = admin.identifier(named("source").text());
  for (const auto* setting : {"TimeZone = 'Asia/Tokyo'", "bytea_output = 'escape'",
                              "quote_all_identifiers = on", "statement_timeout = '400ms'"}) {
    admin.run("ALTER DATABASE " + source + " SET " + setting);
  }
  EXPECT_THAT(differences(), SizeIs(4)) << "the settings themselves";
  EXPECT_THAT(differences({{"SETTING", {}, {}, {}}}), IsEmpty());
}

std::int64_t memory_of_this_process() {
  std::ifstream file("/proc/self/statm");
  std::int64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * 4096;
}

TEST_F(Schemas, OfThousandsOfObjectsTakeLittleMemory) {
  for (const auto* name : {"source", "copy"}) {
    in(name).run(
        "DO $$BEGIN FOR i IN 1..1500 LOOP EXECUTE format('CREATE FUNCTION app.g%s() RETURNS text "
        "LANGUAGE sql AS %L', i, 'SELECT ''' || repeat('x', 4000) || ''''); END LOOP; END$$");
  }
  differences();
  const auto before = memory_of_this_process();
  EXPECT_THAT(differences(), IsEmpty());
  EXPECT_LT(memory_of_this_process() - before, 4'000'000) << "of twelve million bytes of text";
  in("copy").run("DROP FUNCTION app.g700()");
  EXPECT_THAT(differences(), ElementsAre("FUNCTION app.g700()"));
}

}  // namespace
}  // namespace tidegate::engine::postgresql
