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

}  // namespace
}  // namespace tidegate::config
