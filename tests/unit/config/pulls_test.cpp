#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/schema.hpp"
#include "sample.hpp"

namespace tidegate::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Config with(std::string_view github, Environment environment = {}) {
  return sample::load(std::string(sample::k_file) + std::string(github), std::move(environment));
}

Config with_previews(std::string_view keys) {
  return sample::load(sample::changed("uri: '${PREVIEW}'", keys));
}

std::string wrong(std::string_view github, Environment environment = {}) {
  return sample::error_of([&] { with(github, std::move(environment)); }).message();
}

TEST(Forge, TakesATokenFromAVariable) {
  const auto config =
      with("github: {repository: acme/shop, token: '${TOKEN}'}\n", {{"TOKEN", "t"}});
  const auto plan = config.forge_plan();
  EXPECT_TRUE(config.has_forge());
  EXPECT_EQ(plan.repository, "acme/shop");
  EXPECT_EQ(plan.token.reveal(), "t");
  EXPECT_EQ(plan.origin, "github.token");
  EXPECT_EQ(plan.api_url, "https://api.github.com");
  EXPECT_FALSE(plan.app);
}

TEST(Forge, TakesWhatAWorkflowHasInItsEnvironment) {
  const auto config = with("", {{"GITHUB_REPOSITORY", "acme/shop"},
                                {"GITHUB_TOKEN", "t"},
                                {"GITHUB_API_URL", "https://github.acme.org/api/v3/"}});
  const auto plan = config.forge_plan();
  EXPECT_FALSE(config.has_forge());
  EXPECT_EQ(plan.repository, "acme/shop");
  EXPECT_EQ(plan.origin, "GITHUB_TOKEN");
  EXPECT_EQ(plan.api_url, "https://github.acme.org/api/v3");
}

TEST(Forge, PrefersAnAppToATokenThatAWorkflowBrings) {
  const auto plan = with("github: {repository: a/b, app: {id: 12, private_key: '${KEY}'}}\n",
                         {{"KEY", "-----BEGIN"}, {"GITHUB_TOKEN", "t"}})
                        .forge_plan();
  EXPECT_EQ(plan.app.value().id, "12");
  EXPECT_EQ(plan.app->installation, "");
  EXPECT_EQ(plan.app->private_key.reveal(), "-----BEGIN");
  EXPECT_EQ(plan.token.reveal(), "");
}

TEST(Forge, SaysWhatIsMissing) {
  const auto config = with("github: {repository: a/b}\n");
  EXPECT_EQ(sample::error_of([&] { config.forge_plan(); }).message(),
            "'github.token' is not configured");
}

TEST(Forge, RefusesWhatCannotBe) {
  EXPECT_THAT(wrong("github: {repository: acme}\n"), HasSubstr("'acme' names no repository"));
  EXPECT_THAT(wrong("github: {repository: a/../b}\n"), HasSubstr("names no repository"));
  EXPECT_THAT(wrong("github: {api_url: 'ftp://x'}\n"), HasSubstr("'ftp://x' is no address"));
  EXPECT_THAT(wrong("github: {urls: {web: 'javascript:alert(1)'}}\n"), HasSubstr("is no address"));
  EXPECT_THAT(wrong("github: {urls: {web: 'https://x/<b>'}}\n"), HasSubstr("is no address"));
  EXPECT_THAT(wrong("github: {token: a, app: {id: 1, private_key: b}}\n"), HasSubstr("keep one"));
  EXPECT_THAT(wrong("github: {app: {id: 1}}\n"), HasSubstr("without its 'private_key'"));
  EXPECT_THAT(wrong("github: {labels: {lock: 'a,b'}}\n"), HasSubstr("without commas"));
  EXPECT_THAT(wrong("github: {labels: {lock: ' a'}}\n"), HasSubstr("blanks around it"));
  EXPECT_THAT(wrong("github: {labels: {lock: Preview}}\n"), HasSubstr("another label's name"));
  EXPECT_THAT(wrong("", {{"TIDEGATE_GITHUB_LABELS_LOCK", "a,b"}}),
              HasSubstr("TIDEGATE_GITHUB_LABELS_LOCK"));
  EXPECT_THAT(wrong("github: {urls: {'a b': 'https://x'}}\n"), HasSubstr("is no good name"));
  EXPECT_THAT(wrong("github: {lables: {}}\n"), HasSubstr("did you mean 'labels'?"));
}

TEST(Forge, SeesWhatIsWrongInAVariableWhenItIsUsed) {
  const auto config = with("github: {repository: '${R}', token: t, labels: {lock: '${L}'}}\n",
                           {{"R", "no repository"}, {"L", "a,b"}});
  EXPECT_THAT(sample::error_of([&] { config.forge_plan(); }).message(),
              HasSubstr("names no repository"));
  EXPECT_THAT(sample::error_of([&] { config.pull_policy(); }).message(),
              HasSubstr("without commas"));
}

TEST(Forge, KeepsSecretsOfWebhooksToItself) {
  const auto config = with("github: {webhook_secrets: ['${NEW}', old]}\n", {{"NEW", "new"}});
  const auto secrets = config.webhook_secrets();
  ASSERT_EQ(secrets.size(), 2U);
  EXPECT_EQ(secrets[0].reveal(), "new");
  EXPECT_EQ(secrets[1].reveal(), "old");
  for (const auto& value : config.show()) {
    if (value.key == "github.webhook_secrets") {
      EXPECT_EQ(value.value, "***");
    }
    EXPECT_EQ(value.value.find("old"), std::string::npos) << value.key;
  }
  EXPECT_TRUE(sample::load().webhook_secrets().empty());
}

TEST(Forge, RefusesAnEmptySecret) {
  const auto config = with("github: {webhook_secrets: ['${NEW:-}', old]}\n");
  EXPECT_THAT(sample::error_of([&] { config.webhook_secrets(); }).message(),
              HasSubstr("has an empty secret in it"));
}

TEST(Forge, ListsAddressesInTheOrderOfTheFile) {
  const auto pages = with(
                         "github: {urls: {web: 'https://pr-{number}.a.org', api: 'https://b'}, "
                         "namespace: 'pr-{number}'}\n")
                         .preview_pages();
  ASSERT_EQ(pages.urls.size(), 2U);
  EXPECT_EQ(pages.urls[0].name, "web");
  EXPECT_EQ(with_number(pages.urls[0].pattern, *PullNumber::parse("42")), "https://pr-42.a.org");
  EXPECT_EQ(pages.namespace_name, "pr-{number}");
}

TEST(PullPolicy, IsThatOfTheSpecificationByDefault) {
  const auto policy = sample::load().pull_policy("app");
  EXPECT_EQ(policy.labels.preview, "preview");
  EXPECT_EQ(policy.labels.snapshot, "use-snapshot");
  EXPECT_EQ(policy.labels.lock, "persist-db");
  EXPECT_FALSE(policy.forks);
  EXPECT_EQ(policy.refresh, Refresh::on_push);
  EXPECT_EQ(policy.seeder, Seeder::application);
  EXPECT_EQ(sample::load().grace("app"), std::chrono::hours(1));
  EXPECT_EQ(sample::load().reconcile_every(), std::chrono::minutes(15));
}

TEST(PullPolicy, IsWhatTheFileSays) {
  const auto config = with_previews("refresh: on-label, seed: {command: ./seed}, grace: 2d");
  EXPECT_EQ(config.pull_policy("app").refresh, Refresh::on_label);
  EXPECT_EQ(config.pull_policy("app").seeder, Seeder::tidegate);
  EXPECT_EQ(config.seed_plan("app").command, "./seed");
  EXPECT_EQ(config.grace("app"), std::chrono::hours(48));
  EXPECT_EQ(with("github: {labels: {lock: keep}}\n").pull_policy().labels.lock, "keep");
}

TEST(PullPolicy, TakesASeederAsAWordOrAsASection) {
  EXPECT_TRUE(with_previews("seed: application").seed_plan("app").by_application());
  EXPECT_EQ(with_previews("seed: {file: seed.sql}").seed_plan("app").file, "seed.sql");
  const auto error = [](std::string_view keys) {
    return sample::error_of([&] { with_previews(keys); }).message();
  };
  EXPECT_THAT(error("seed: random"), HasSubstr("expected one of application"));
  EXPECT_THAT(error("seed: {file: a, command: b}"), HasSubstr("keep one"));
  EXPECT_THAT(error("seed: {fil: a}"), HasSubstr("did you mean 'file'?"));
  EXPECT_THAT(error("seed: [a]"), HasSubstr("expected a section of keys"));
}

TEST(PullPolicy, MeansEveryDatabaseThatHasPreviews) {
  const auto config = sample::load(
      std::string(sample::k_file) +
      "  shop:\n    engine: mongodb\n    production: {database: shop}\n"
      "    snapshot: {database: shop_snapshot}\n    previews: {database: 'shop_{number}'}\n"
      "  bare:\n    engine: mongodb\n    production: {database: bare}\n"
      "    snapshot: {database: bare_snapshot}\n");
  EXPECT_THAT(config.preview_databases(), ElementsAre("app", "shop"));
}

TEST(Schema, HasAWordAndASectionForTheSeeder) {
  const auto schema = json_schema();
  const auto& database =
      schema["properties"]["databases"]["patternProperties"].begin().value()["properties"];
  const auto& forms = database["previews"]["properties"]["seed"]["anyOf"];
  EXPECT_EQ(forms.size(), 3U);
  EXPECT_TRUE(forms.back()["properties"].contains("command"));
  EXPECT_EQ(schema["properties"]["github"]["properties"]["urls"]["patternProperties"].size(), 1U);
}

}  // namespace
}  // namespace tidegate::config
