// Rendered text holds no secret, whatever the configuration and its environment say.

#include "gitops/render.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/sample.hpp"

namespace tidegate::gitops {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view k_mark = "s3cret-";

constexpr std::string_view k_both =
    "databases:\n"
    "  syrf:\n"
    "    engine: mongodb\n"
    "    production: {uri: '${PROD}', database: syrftest}\n"
    "    snapshot: {database: syrf_snapshot, schedule: '0 3 * * 0'}\n"
    "    previews: {database: 'syrf_pr_{number}', uri: '${PREVIEW}'}\n"
    "    targets: {staging: {database: syrf_staging, uri: '${STAGING}'}}\n"
    "  shop:\n"
    "    engine: postgresql\n"
    "    production: {uri: 'postgresql://shop@db/postgres', password: '${SHOP_PASSWORD}', "
    "database: shop}\n"
    "    snapshot: {directory: 's3://bucket/shop', schedule: '@daily', "
    "storage: {access_key_id: '${STORE_KEY}', secret_access_key: '${STORE_SECRET}', region: "
    "eu-central-1}}\n"
    "    previews: {database: 'shop_pr_{number}', uri: '${SHOP_PREVIEW}'}\n"
    "github: {repository: camaradesuk/syrf, token: '${GITHUB_TOKEN}', "
    "webhook_secrets: ['${WEBHOOK_SECRET}']}\n"
    "gitops: {repository: 'https://git.example.net/a.git', token: '${GITOPS_TOKEN}', "
    "folder: 'previews/pr-{number}'}\n"
    "render: {previews: {host: db.example.net}, secrets: {kind: external, store: vault}}\n";

/// Each variable of the file has a secret for a value, and so has each variable that is read in
/// place of a secret key.
config::Environment all_secrets() {
  config::Environment environment;
  int number = 0;
  const auto set = [&](const std::string& name, std::string_view form) {
    environment[name] = fmt::format(fmt::runtime(form), fmt::format("{}{}", k_mark, ++number));
  };
  for (const auto* name : {"PROD", "PREVIEW", "STAGING"}) set(name, "mongodb://u:{}@h/");
  set("SHOP_PREVIEW", "postgresql://u:{}@h/postgres");
  for (const auto* name : {"SHOP_PASSWORD", "STORE_KEY", "STORE_SECRET", "GITHUB_TOKEN",
                           "WEBHOOK_SECRET", "GITOPS_TOKEN"}) {
    set(name, "{}");
  }
  for (const auto& option : config::options()) {
    if (!config::is_secret(option.type)) continue;
    for (const auto* database : {"syrf", "shop"}) {
      auto path = std::string(option.path);
      if (path.find(".targets.") != std::string::npos) continue;  // of one database alone
      if (path.find(".app.") != std::string::npos) continue;      // in place of the token
      const auto star = path.find('*');
      if (star != std::string::npos) path.replace(star, 1, database);
      const bool uri = path.ends_with("uri");
      const bool mongodb = std::string_view(database) == "syrf";
      set(config::environment_name(path), !uri      ? "{}"
                                          : mongodb ? "mongodb://u:{}@h/"
                                                    : "postgresql://u:{}@h/postgres");
    }
  }
  return environment;
}

config::Config configuration(config::Environment environment) {
  auto sources = config::sample::sources(std::move(environment));
  sources.engine_databases = config::sample::both_engines;
  return config::load_text(k_both, "tidegate.yaml", sources, config::sample::redactor());
}

Files everything(const config::Config& config) {
  Files files;
  for (const auto* name : {"syrf", "shop"}) {
    const auto plan = config.render_plan(name);
    merge(files, render(plan, {k_subjects.begin(), k_subjects.end()}));
    for (const std::vector<std::string>& labels :
         {std::vector<std::string>{"preview", "use-snapshot"}, {"preview"}, {"persist-db"}}) {
      const PullRequest pull{
          .number = *PullNumber::parse("42"), .commit = "4be1c02", .labels = labels};
      for (const auto& [path, text] : render_preview(plan, intent(pull, {}, plan.pulls))) {
        files[fmt::format("{}/{}", labels.back(), path)] = text;
      }
    }
  }
  return files;
}

TEST(Render, HoldsNoSecretOfTheConfigurationOrItsEnvironment) {
  const auto environment = all_secrets();
  ASSERT_GT(environment.size(), 20U);
  const auto files = everything(configuration(environment));
  ASSERT_GT(files.size(), 40U);
  for (const auto& [path, text] : files) EXPECT_THAT(text, Not(HasSubstr(k_mark))) << path;
}

TEST(Render, GivesTheSameTextWhateverTheSecretsAre) {
  const auto with = everything(configuration(all_secrets()));
  config::Environment others;
  for (const auto& [name, value] : all_secrets()) {
    auto other = value;
    other.replace(other.find(k_mark), k_mark.size(), "0ther-");
    others[name] = other;
  }
  EXPECT_EQ(everything(configuration(others)), with);
}

TEST(Render, MakesConnectionStringsOfWhatMustBeEncodedInThem) {
  auto text = std::string(k_both);
  text.insert(text.find("host: db.example.net"), "user: 'the user@{number}', ");
  auto sources = config::sample::sources(all_secrets());
  sources.engine_databases = config::sample::both_engines;
  const auto config = config::load_text(text, "tidegate.yaml", sources, config::sample::redactor());
  const PullRequest pull{
      .number = *PullNumber::parse("42"), .commit = "4be1c02", .labels = {"preview"}};
  const auto plan = config.render_plan("shop");
  const auto files = render_preview(plan, intent(pull, {}, plan.pulls));
  EXPECT_THAT(files.at("shop/previews/pr-42/access/externalsecret.yaml"),
              HasSubstr(R"(postgresql://the%20user%4042:{{ .password | urlquery | replace \"+\" )"
                        R"(\"%20\" }}@db.example.net/postgres)"));
}

TEST(Render, KeepsTheCleanupJobWhateverSyncOptionsAreConfigured) {
  auto text = std::string(k_both);
  text.insert(text.find("previews: {host"),
              "annotations: ['argocd.argoproj.io/sync-options=Replace=true'], ");
  auto sources = config::sample::sources(all_secrets());
  sources.engine_databases = config::sample::both_engines;
  const auto plan = config::load_text(text, "tidegate.yaml", sources, config::sample::redactor())
                        .render_plan("syrf");
  const PullRequest pull{
      .number = *PullNumber::parse("42"), .commit = "4be1c02", .labels = {"preview"}};
  const auto files = render_preview(plan, intent(pull, {}, plan.pulls));
  EXPECT_THAT(files.at("syrf/previews/pr-42/jobs/cleanup.yaml"),
              HasSubstr("argocd.argoproj.io/sync-options: \"Delete=false,Replace=true\""));
  EXPECT_THAT(files.at("syrf/previews/pr-42/jobs/reset.yaml"),
              HasSubstr("argocd.argoproj.io/sync-options: \"Replace=true\""));
}

}  // namespace
}  // namespace tidegate::gitops
