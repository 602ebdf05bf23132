#include "config/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/database_uri.hpp"
#include "sample.hpp"

namespace tidegate::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string k_url = "postgresql://app:marked-password@db:5432/atlas?sslmode=disable";

Config alone(Environment environment, Flags flags = {}) {
  auto sources = sample::sources(std::move(environment), std::move(flags));
  sources.engine_databases = sample::both_engines;
  sources.places.clear();
  return load(sources, sample::redactor());
}

std::string mistakes(Environment environment) {
  const auto error = sample::error_of([&] { alone(std::move(environment)); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.message() + error.hint() + error.context(), Not(HasSubstr("marked-password")));
  return error.message();
}

TEST(EnvironmentAlone, ServesOneDatabaseWithTheDefaults) {
  const auto config = alone({{"SNAPSHOT_ENABLED", "true"}, {"DATABASE_URL", k_url}});
  EXPECT_THAT(config.database_names(), ElementsAre("atlas"));
  EXPECT_FALSE(config.off());
  EXPECT_TRUE(config.enabled("atlas"));
  EXPECT_EQ(config.schedule("atlas")->text(), "0 3 * * *");
  const auto plan = config.snapshot_plan("atlas");
  EXPECT_EQ(plan.engine, EngineKind::postgresql);
  EXPECT_EQ(plan.topology.production.text(), "atlas");
  EXPECT_EQ(plan.endpoint.uri.reveal(), k_url);
  EXPECT_EQ(plan.archives->place, "/snapshots");
  EXPECT_EQ(plan.archives->retention.last, 7);
  EXPECT_EQ(plan.limits.timeout, std::chrono::hours(1));
  EXPECT_TRUE(plan.copy.allow_write_access);
}

TEST(EnvironmentAlone, TakesEveryVariable) {
  const auto config = alone({{"SNAPSHOT_ENABLED", "Yes"},
                             {"SNAPSHOT_TIME", "23:09"},
                             {"SNAPSHOT_RETENTION", "30"},
                             {"SNAPSHOT_DIR", "/var/dumps"},
                             {"SNAPSHOT_TIMEOUT", "90m"},
                             {"DATABASE_URL", k_url}});
  EXPECT_EQ(config.schedule("atlas")->text(), "9 23 * * *");
  const auto plan = config.snapshot_plan("atlas");
  EXPECT_EQ(plan.archives->place, "/var/dumps");
  EXPECT_EQ(plan.archives->retention.last, 30);
  EXPECT_EQ(plan.limits.timeout, std::chrono::minutes(90));
}

TEST(EnvironmentAlone, IsOnOrOffInAnySpelling) {
  for (const auto* on : {"true", "TRUE", "1", "yes", "Yes", "on", "ON"}) {
    EXPECT_FALSE(alone({{"SNAPSHOT_ENABLED", on}, {"DATABASE_URL", k_url}}).off()) << on;
  }
  for (const auto* off : {"false", "False", "0", "no", "NO", "off", ""}) {
    const auto config = alone({{"SNAPSHOT_ENABLED", off}});
    EXPECT_TRUE(config.off()) << off;
    EXPECT_TRUE(config.database_names().empty()) << off;
  }
  for (const auto* neither : {"ja", "2", "tru", " true", "enabled"}) {
    EXPECT_EQ(mistakes({{"SNAPSHOT_ENABLED", neither}, {"DATABASE_URL", k_url}}),
              "SNAPSHOT_ENABLED: expected true or false (or 1, 0, yes, no, on, off), found '" +
                  std::string(neither) + "'");
  }
}

TEST(EnvironmentAlone, IsOffUnlessTurnedOnAndHasItsDatabaseAllTheSame) {
  const auto config = alone({{"DATABASE_URL", k_url}});
  EXPECT_TRUE(config.off());
  EXPECT_FALSE(config.enabled("atlas"));
  EXPECT_EQ(config.snapshot_plan("atlas").archives->place, "/snapshots");
  const auto broken = alone({{"DATABASE_URL", k_url}, {"SNAPSHOT_TIME", "late"}});
  EXPECT_TRUE(broken.off());
  EXPECT_TRUE(broken.database_names().empty());
}

TEST(EnvironmentAlone, NamesTheVariableThatIsWrong) {
  const auto said = [](std::string name, std::string value) {
    Environment environment{{"SNAPSHOT_ENABLED", "true"}, {"DATABASE_URL", k_url}};
    environment[name] = std::move(value);
    return mistakes(environment);
  };
  for (const auto* time : {"24:00", "12:60", "3:00", "0300", "03:00:00", "03-00", "noon", "ab:cd",
                           " 3:00", "-1:00", "03:00 "}) {
    EXPECT_EQ(said("SNAPSHOT_TIME", time),
              "SNAPSHOT_TIME: expected a time of day in UTC, such as 03:00, found '" +
                  std::string(time) + "'");
  }
  for (const auto* retention : {"0", "-1", "seven", "1.5", "7 ", "99999999999"}) {
    EXPECT_THAT(said("SNAPSHOT_RETENTION", retention),
                HasSubstr("SNAPSHOT_RETENTION: expected a whole number from 1"))
        << retention;
  }
  for (const auto* directory : {"", " ", "\t"}) {
    EXPECT_EQ(said("SNAPSHOT_DIR", directory), "SNAPSHOT_DIR: is empty: it names no directory");
  }
  for (const auto* timeout : {"0", "0s", "1", "soon"}) {
    EXPECT_THAT(said("SNAPSHOT_TIMEOUT", timeout), HasSubstr("SNAPSHOT_TIMEOUT: expected"));
  }
  EXPECT_EQ(said("DATABASE_URL", ""), "DATABASE_URL: is missing: which database to take");
  for (const auto* url : {"mysql://u:marked-password@h/db", "marked-password", "postgresql://"}) {
    EXPECT_EQ(said("DATABASE_URL", url), "DATABASE_URL: is no connection string of PostgreSQL");
  }
  for (const auto* url : {"postgresql://u:marked-password@h", "postgresql://u:marked-password@h/",
                          "postgresql://h/%zz", "host=h password=marked-password"}) {
    EXPECT_EQ(said("DATABASE_URL", url), "DATABASE_URL: names no database");
  }
  EXPECT_THAT(said("DATABASE_URL", "postgresql://h/" + std::string(64, 'a')),
              testing::AllOf(HasSubstr("DATABASE_URL"), HasSubstr("it has 64 bytes")));
}

TEST(EnvironmentAlone, TellsAllMistakesAtOnce) {
  EXPECT_EQ(mistakes({{"SNAPSHOT_ENABLED", "on"},
                      {"SNAPSHOT_TIME", "25:00"},
                      {"SNAPSHOT_RETENTION", "0"},
                      {"SNAPSHOT_DIR", ""}}),
            "4 mistakes in the environment\n"
            "  SNAPSHOT_TIME: expected a time of day in UTC, such as 03:00, found '25:00'\n"
            "  SNAPSHOT_RETENTION: expected a whole number from 1 to 100000, such as 7, found '0'\n"
            "  SNAPSHOT_DIR: is empty: it names no directory\n"
            "  DATABASE_URL: is missing: which database to take");
}

TEST(EnvironmentAlone, TakesEmptyForNotSet) {
  const auto config = alone({{"SNAPSHOT_ENABLED", "1"},
                             {"SNAPSHOT_TIME", ""},
                             {"SNAPSHOT_RETENTION", ""},
                             {"SNAPSHOT_TIMEOUT", ""},
                             {"DATABASE_URL", k_url}});
  EXPECT_EQ(config.schedule("atlas")->text(), "0 3 * * *");
  EXPECT_EQ(config.archives("atlas")->retention.last, 7);
}

TEST(EnvironmentAlone, DoesNotCountBesideAFile) {
  const auto config =
      sample::load(sample::k_file, {{"SNAPSHOT_ENABLED", "nonsense"}, {"DATABASE_URL", k_url}});
  EXPECT_THAT(config.database_names(), ElementsAre("app"));
  EXPECT_TRUE(config.try_production("app").missing);
  auto sources = sample::sources({{"SNAPSHOT_ENABLED", "true"}}, {{"--config", "/none/such"}});
  const auto error = sample::error_of([&] { load(sources, sample::redactor()); });
  EXPECT_THAT(error.message(), HasSubstr("/none/such"));
}

TEST(EnvironmentAlone, IsShownWithItsOrigin) {
  const auto config =
      alone({{"SNAPSHOT_ENABLED", "true"}, {"SNAPSHOT_TIME", "04:30"}, {"DATABASE_URL", k_url}},
            {{"--timeout", "5m"}});
  std::map<std::string, std::string> rows;
  for (const auto& row : config.show()) rows[row.key] = row.value + " from " + row.origin;
  EXPECT_EQ(rows["databases.atlas.production.uri"], "*** from DATABASE_URL");
  EXPECT_EQ(rows["databases.atlas.production.database"], "atlas from DATABASE_URL");
  EXPECT_EQ(rows["databases.atlas.snapshot.schedule"], "30 4 * * * from SNAPSHOT_TIME");
  EXPECT_EQ(rows["databases.atlas.snapshot.keep"], "7 from default");
  EXPECT_EQ(rows["databases.atlas.snapshot.enabled"], "true from SNAPSHOT_ENABLED");
  EXPECT_EQ(rows["databases.atlas.snapshot.timeout"], "5m from --timeout");
}

TEST(EnvironmentAlone, WorksForAnyNameOfADatabase) {
  for (const auto& [path, name] :
       std::map<std::string, std::string>{{"my.db", "my.db"},
                                          {"a.snapshot.b", "a.snapshot.b"},
                                          {"%C3%9Cn%20%27%22", "Ün '\""},
                                          {"x.targets.y", "x.targets.y"},
                                          {"pr-7", "pr-7"},
                                          {"snapshot", "snapshot"},
                                          {"a%2Fb", "a/b"},
                                          {"${HOME}", "${HOME}"},
                                          {"*", "*"}}) {
    const auto config =
        alone({{"SNAPSHOT_ENABLED", "true"}, {"DATABASE_URL", "postgres://h/" + path}});
    EXPECT_THAT(config.database_names(), ElementsAre(name));
    const auto plan = config.snapshot_plan(name);
    EXPECT_EQ(plan.topology.production.text(), name);
    EXPECT_EQ(plan.archives->retention.last, 7) << name;
    EXPECT_EQ(config.schedule(name)->text(), "0 3 * * *") << name;
    EXPECT_FALSE(config.show().empty());
  }
}

TEST(DatabaseUri, NamesItsDatabaseInEverySpelling) {
  for (const auto& [uri, name] :
       std::map<std::string, std::string>{{"postgresql://h/a", "a"},
                                          {"postgres://u@h:1/a?x=y", "a"},
                                          {"postgresql://u:p%40%2F@h/a", "a"},
                                          {"postgresql://u:p?q:r@h/a", "a"},
                                          {"postgresql://[::1]:5432/a", "a"},
                                          {"postgresql://h1:1,h2:2/a", "a"},
                                          {"postgresql:///a?host=/var/run", "a"},
                                          {"postgresql://%2Fvar%2Frun/a", "a"},
                                          {"postgresql://h?dbname=b", "b"},
                                          {"postgresql://h/a?dbname=b&x=y", "b"},
                                          {"postgresql://h/a%25", "a%"},
                                          {"postgresql://h/a/b", "a/b"},
                                          {"host=h dbname=a", "a"},
                                          {"dbname = 'a b' host=h", "a b"},
                                          {"password='x dbname=no' dbname=yes", "yes"},
                                          {"password=x\\ dbname=no dbname='it\\'s'", "it's"}}) {
    EXPECT_TRUE(is_postgresql_uri(uri)) << uri;
    EXPECT_EQ(database_in(uri), name) << uri;
  }
  for (const auto* uri :
       {"postgresql://h", "postgresql://h/", "postgresql://h/?x=y", "postgresql://h?x=y",
        "postgresql://h/%0", "postgresql://h/%00", "postgresql://u:p@h", "host=h", "dbname='open",
        "host=h dbname", "dbname=''", "", "mysql://h/a"}) {
    EXPECT_EQ(database_in(uri), std::nullopt) << uri;
  }
}

TEST(DatabaseUri, IsNotAPieceOfAPassword) {
  for (const auto* uri :
       {"postgresql://u:hunt/er@h/a", "postgresql://u:hu@nt/er@h/a", "postgresql://u:hu@nt@h/a",
        "postgresql://u:12/er@h/a", "postgresql://u:hu/nt?er=x@h/a", "postgresql://u:hu/nt?er@h/a",
        "postgresql://u:h@:/ u'n\"\\t?#&=er@h/a"}) {
    EXPECT_TRUE(has_stray_at(uri)) << uri;
    const auto said = mistakes({{"SNAPSHOT_ENABLED", "true"}, {"DATABASE_URL", uri}});
    EXPECT_THAT(said, HasSubstr("DATABASE_URL: has an '@' too many")) << uri;
    EXPECT_THAT(said, Not(HasSubstr("er@h"))) << uri;
  }
  for (const auto* uri : {"postgresql://u:p@h/a", "postgresql://h/a?password=p@q&user=a@b",
                          "postgresql:///a?host=@abstract", "password=p@q/r@s dbname=a"}) {
    EXPECT_FALSE(has_stray_at(uri)) << uri;
  }
}

}  // namespace
}  // namespace tidegate::config
