#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample.hpp"

namespace tidegate::config {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view k_hidden =
    "databases:\n"
    "  app:\n"
    "    engine: ENGINE\n"
    "    production: {uri: '${PROD}', database: app}\n"
    "    snapshot: {database: app_snapshot, schedule: '0 3 * * 0'}\n"
    "    previews: {database: 'app_pr_{number}', PREVIEWS}\n"
    "render: {variables: [U=u, H=h], secret_variables: [PW=preview/password]}\n";

RenderPlan plan(std::string_view previews, std::string_view engine = "postgresql") {
  std::string text(k_hidden);
  text.replace(text.find("PREVIEWS"), 8, previews);
  text.replace(text.find("ENGINE"), 6, engine);
  auto sources = sample::sources();
  sources.engine_databases = sample::both_engines;
  return load_text(text, "tidegate.yaml", sources, sample::redactor()).render_plan("app");
}

class Written : public testing::TestWithParam<const char*> {};

TEST_P(Written, SecretIsRefusedWithoutBeingRepeated) {
  const auto error = sample::error_of([] { plan(GetParam()); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.message(), HasSubstr("holds a secret, and manifests would show it"));
  EXPECT_THAT(error.message() + error.hint(), Not(HasSubstr("hunter")));
}

INSTANTIATE_TEST_SUITE_P(
    Rendering, Written,
    testing::Values("uri: 'postgresql://u:hunter1@db/postgres'",
                    "uri: 'postgresql://db/postgres?user=u&password=hunter2'",
                    "uri: 'postgresql://db/postgres?p%61ssword=hunter2'",
                    "uri: 'postgresql://u@db/postgres?sslpassword=hunter2'",
                    "uri: 'host=db user=u password=hunter2'",
                    "uri: \"host=db password = 'hunter 2://'\"",
                    "uri: 'postgresql://u:${PW:-hunter3}@db/postgres'",
                    "uri: '${URI:-postgresql://u:hunter3@localhost/postgres}'",
                    "uri: 'host=db password=${PW:-hunter3}'",
                    "uri: 'postgresql://db', username: u, password: '${PW:-hunter4}'",
                    "uri: 'postgresql://db', username: u, password: 'hunter${PW}'"));

class Variable : public testing::TestWithParam<const char*> {};

TEST_P(Variable, StandsForASecret) { EXPECT_NO_THROW(plan(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Rendering, Variable,
                         testing::Values("uri: '${URI}'", "uri: '${URI:-postgresql://localhost}'",
                                         "uri: 'postgresql://${U}:${PW}@${H}:5432/postgres'",
                                         "uri: 'postgresql://${U}:${PW:-}@db/postgres'",
                                         "uri: 'postgresql://db/?user=u&password=${PW}'",
                                         "uri: 'host=db password=${PW} user=u'",
                                         "uri: 'postgresql://db:5432/', password: '${PW:-}'"));

TEST(Rendering, RefusesAPasswordAmongMongodbsParameters) {
  const auto error = sample::error_of([] {
    plan("uri: 'mongodb://db/?tls=true&tlsCertificateKeyFilePassword=hunter5'", "mongodb");
  });
  EXPECT_THAT(error.message(), HasSubstr("databases.app.previews.uri holds a secret"));
}

RenderPlan with_render(std::string_view render, std::string_view schedule = "0 3 * * 0",
                       std::string_view engine = "mongodb") {
  const auto text = fmt::format(
      "databases:\n"
      "  app:\n"
      "    engine: {}\n"
      "    production: {{uri: '${{PROD}}', database: app}}\n"
      "    snapshot: {{database: app_snapshot, schedule: '{}'}}\n"
      "    previews: {{database: 'app_pr_{{number}}', uri: '${{PREVIEW}}'}}\n"
      "render: {{{}}}\n",
      engine, schedule, render);
  auto sources = sample::sources();
  sources.engine_databases = sample::both_engines;
  return load_text(text, "tidegate.yaml", sources, sample::redactor()).render_plan("app");
}

TEST(Rendering, WritesSchedulesAsTheirReadersTakeThem) {
  EXPECT_EQ(with_render("", "0 3 * * 7").producer.schedule, "0 3 * * 0");
  EXPECT_EQ(with_render("", "0 3 * * SAT-SUN").producer.schedule, "0 3 * * 0,6");
  EXPECT_EQ(with_render("", "@Daily").producer.schedule, "0 0 * * *");
  const auto plan = with_render(
      "sweep: {schedule: '@hourly'}, "
      "workflows: {sweep_schedule: '0 6 * * 5-7', reconcile_schedule: '@hourly'}");
  EXPECT_EQ(plan.sweep.schedule, "0 * * * *");
  EXPECT_EQ(plan.workflows.sweep_schedule, "0 6 * * 0,5,6");
  EXPECT_EQ(plan.workflows.reconcile_schedule, "0 * * * *");
}

TEST(Rendering, RefusesAWorkflowMoreOftenThanEveryFiveMinutes) {
  EXPECT_NO_THROW(with_render("workflows: {reconcile_schedule: '*/5 * * * *'}"));
  const auto error =
      sample::error_of([] { with_render("workflows: {reconcile_schedule: '*/3 * * * *'}"); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.message(), HasSubstr("tidegate.yaml:7: "));
  EXPECT_THAT(error.message(), HasSubstr("render.workflows.reconcile_schedule"));
  EXPECT_THAT(error.message(), HasSubstr("more often than every five minutes"));
}

TEST(Rendering, TakesTheHostsThatAConnectionStringMayHave) {
  for (const auto* host : {"cluster0.example.net", "mongo.db.svc", "db-{number}.example.net"}) {
    EXPECT_EQ(with_render(fmt::format("previews: {{host: '{}'}}", host)).previews.host, host);
  }
  for (const auto* host : {"db", "db.svc:5432", "a.svc:5432,b.svc,10.0.0.7:5433", "10.0.0.7",
                           "[fd00::7]:5432", "[::1]", "pg_{number}.db.svc"}) {
    const auto plan =
        with_render(fmt::format("previews: {{host: '{}'}}", host), "0 3 * * 0", "postgresql");
    EXPECT_EQ(plan.previews.host, host);
  }
}

TEST(Rendering, RefusesAHostOfWhichNoConnectionStringCanBeMade) {
  struct Row {
    const char *engine, *host, *why;
  };
  const std::vector<Row> rows{
      {"mongodb", "mongo.db.svc:27017", "has a port"},
      {"mongodb", "a.example.net,b.example.net", "is a list"},
      {"mongodb", "a:27017,b:27017", "is a list"},
      {"mongodb", "10.0.0.7", "is an address"},
      {"mongodb", "[fd00::7]", "is an address"},
      {"mongodb", "mongodb+srv://cluster0.example.net", "is a whole connection string"},
      {"mongodb", "u:p@cluster0.example.net", "has a port"},
      {"mongodb", "cluster 0.example.net", "is no host name"},
      {"mongodb", "cluster0.example.net/admin", "is no host name"},
      {"mongodb", "cluster0..net", "is no host name"},
      {"postgresql", "postgresql://db/app", "is a whole connection string"},
      {"postgresql", "db:0", "'db:0'"},
      {"postgresql", "db:65536", "'db:65536'"},
      {"postgresql", "db:", "'db:'"},
      {"postgresql", "db:54x", "'db:54x'"},
      {"postgresql", "db,", "''"},
      {"postgresql", "a, b", "' b'"},
      {"postgresql", "fd00::7", "'fd00::7'"},
      {"postgresql", "[fd00::7", "'[fd00::7'"},
      {"postgresql", "u@db", "'u@db'"},
      {"postgresql", "db/app?sslmode=disable", "'db/app?sslmode=disable'"},
      {"postgresql", "-db", "'-db'"},
  };
  for (const auto& [engine, host, why] : rows) {
    const auto error = sample::error_of(
        [&] { with_render(fmt::format("previews: {{host: '{}'}}", host), "0 3 * * 0", engine); });
    EXPECT_EQ(error.kind(), ErrorKind::config) << host;
    EXPECT_THAT(error.message(), HasSubstr("tidegate.yaml:7: render.previews.host: ")) << host;
    EXPECT_THAT(error.message(), HasSubstr(why)) << host;
  }
}

TEST(Rendering, RefusesAVariableOfASecretWhereManifestsWouldShowIt) {
  const auto error =
      sample::error_of([] { with_render("annotations: ['team=a ${PREVIEW:-none}']"); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.message(), HasSubstr("tidegate.yaml:7: render.annotations names ${PREVIEW}"));
  EXPECT_EQ(sample::error_of([] {
              plan(
                  "uri: 'postgresql://${U}:${PW}@${H}/postgres'}\n"
                  "github: {repository: 'a/${PW}'");
            }).kind(),
            ErrorKind::config);
}

TEST(Rendering, LeavesAHostAloneWhereTheSecretIsMadeElsewhere) {
  EXPECT_NO_THROW(with_render("secrets: {kind: existing}, previews: {host: 'mongo.db.svc:27017'}"));
}

}  // namespace
}  // namespace tidegate::config
