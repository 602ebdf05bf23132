#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "sample.hpp"

namespace tidegate::config {
namespace {

/// One mistake: what it replaces in the sample (nothing: the whole file), and what must be said.
struct Mistake {
  std::string_view part;
  std::string by;
  std::vector<std::string_view> said;
};

const std::string k_second_database =
    "  shop:\n    engine: mongodb\n    production: {database: shop}\n"
    "    snapshot: {database: shop_snapshot}\n";

std::string two(std::string_view previews, std::string_view other_previews) {
  return sample::changed("app_pr_{number}", previews) + k_second_database +
         "    previews: {database: '" + std::string(other_previews) + "'}\n";
}

std::string bomb() {
  std::string text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char name = 'b'; name < 'k'; ++name) {
    text += std::string(1, name) + ": &" + name + " [";
    for (int i = 0; i < 10; ++i) text += std::string(i == 0 ? "*" : ", *") + char(name - 1);
    text += "]\n";
  }
  return text;
}

std::string snapshot_key(std::string_view entry) {
  return "    snapshot: {database: app_snapshot, " + std::string(entry) + "}\n";
}
constexpr std::string_view k_snapshot =
    "    snapshot: {database: app_snapshot, schedule: '0 3 * * 0'}\n";

std::string preview_key(std::string_view entry) {
  return "{database: 'app_pr_{number}', " + std::string(entry) + "}";
}
constexpr std::string_view k_previews = "{database: 'app_pr_{number}', uri: '${PREVIEW}'}";

const std::vector<Mistake>& mistakes() {
  static const std::vector<Mistake> all{
      // Of the GitOps repository
      {"",
       std::string(sample::k_file) + "gitops: {repository: 'https://me:marked-77@host/a.git'}\n",
       {"tidegate.yaml:", "gitops.repository: has a password in it"}},
      {"",
       std::string(sample::k_file) + "gitops: {folder: previews}\n",
       {"tidegate.yaml:", "gitops.folder: 'previews' has no {number} in it"}},
      // The file itself
      {"", "", {"'tidegate.yaml' is empty"}},
      {"", "# only\n# comments\n", {"'tidegate.yaml' is empty"}},
      {"", "---\n", {"'tidegate.yaml' is empty"}},
      {"", "~\n", {"'tidegate.yaml' is empty"}},
      {"", "just text\n", {"tidegate.yaml:1: expected a section of keys, found a text"}},
      {"", "- a\n- b\n", {"tidegate.yaml:1: expected a section of keys, found a list"}},
      {"", "databases:\n\tapp:\n", {"tidegate.yaml:2: is indented with a tab"}},
      {"", "databases:\n  app: [\n", {"tidegate.yaml:", "is no valid YAML"}},
      {"", "databases:\n  app: {a: b\nc: d\n", {"tidegate.yaml:", "is no valid YAML"}},
      {"", "a: 'never closed\nb: c\n", {"tidegate.yaml:", "is no valid YAML"}},
      {"",
       "# ü\r\na: \"b\"\nc: 'it''s'\nd: &x \"never \\\" closed\ne: f\n",
       {"tidegate.yaml:4: is no valid YAML: a quote is never closed"}},
      {"", "a: b: c\n", {"tidegate.yaml:1: is no valid YAML"}},
      {"", "databases: *missing\n", {"tidegate.yaml:1: is no valid YAML"}},
      {"", "a: ok\nb: \xff\xfe\n", {"tidegate.yaml:2: is not text in UTF-8"}},
      {"", "a: \xed\xa0\x80\n", {"tidegate.yaml:1: is not text in UTF-8"}},
      {"", std::string("a: b\nc: \0d\n", 11), {"tidegate.yaml:2: is not text in UTF-8"}},
      {"", "\xff\xfe" + std::string("a\0:\0", 4), {"tidegate.yaml:1: is not text in UTF-8"}},
      {"", std::string(k_largest_file + 1, '#'), {"'tidegate.yaml' is larger than 1 MiB"}},
      {"", bomb(), {"tidegate.yaml:", "the file has more than 20000 values"}},
      {"", std::string(400, '['), {"tidegate.yaml:1: the file is nested more than 32 levels deep"}},
      {"", "a: &a [*a]\n", {"tidegate.yaml:1"}},
      {"", "databases: {}\n---\na: b\n", {"tidegate.yaml:3: starts a second document"}},
      {"", "? [a, b]\n: c\n", {"tidegate.yaml:1: a key must be a plain word"}},
      // Keys
      {"engine:",
       "engin:",
       {"tidegate.yaml:3: databases.app.engin: unknown key; did you mean 'engine'?"}},
      {"databases:",
       "databses:",
       {"tidegate.yaml:1: databses: unknown key; did you mean 'databases'?"}},
      {"schedule:",
       "shedule:",
       {"tidegate.yaml:5: databases.app.snapshot.shedule: unknown key; did you mean 'schedule'?"}},
      {"uri: '${PROD}'",
       "url: '${PROD}'",
       {"tidegate.yaml:4: databases.app.production.url: unknown key; did you mean 'uri'?"}},
      {"uri: '${STAGING}'",
       "timeout: 5m",
       {"tidegate.yaml:7: databases.app.targets.staging.timeout: unknown key; possible here: "
        "'database'"}},
      {"    engine: mongodb\n",
       "    engine: mongodb\n    snapshot.timeout: 5m\n",
       {"tidegate.yaml:4: databases.app.snapshot.timeout: unknown key"}},
      {"    engine: mongodb\n",
       "    <<: {engine: mongodb}\n",
       {"tidegate.yaml:3: databases.app.<<: unknown key"}},
      {"    engine: mongodb\n",
       "    engine: mongodb\n    engine: mongodb\n",
       {"tidegate.yaml:4: engine: is given twice in the same section, first in line 3"}},
      {"", "databases: {}\ndatabases: {}\n", {"tidegate.yaml:2: databases: is given twice"}},
      {"databases:\n", "json: true\ndatabases:\n", {"tidegate.yaml:1: json: unknown key"}},
      // Kinds of values
      {"engine: mongodb",
       "engine: mysql",
       {"tidegate.yaml:3: databases.app.engine: expected one of mongodb or postgresql, found "
        "'mysql'"}},
      {"engine: mongodb",
       "engine: [mongodb]",
       {"tidegate.yaml:3: databases.app.engine: expected one of", "found a list"}},
      {"engine: mongodb",
       "engine:",
       {"tidegate.yaml:3: databases.app.engine: has no value, expected one of mongodb or "
        "postgresql"}},
      {"uri: '${PROD}'",
       "uri: {a: b}",
       {"tidegate.yaml:4: databases.app.production.uri: expected a text",
        "found a section of keys"}},
      {"uri: '${PROD}'",
       "uri: ''",
       {"tidegate.yaml:4: databases.app.production.uri: has no value"}},
      {"uri: '${PROD}'",
       "uri_file: ''",
       {"tidegate.yaml:4: databases.app.production.uri_file: has no value"}},
      {"uri: '${PROD}'",
       "uri: '${PROD}', allow_write_access: maybe",
       {"tidegate.yaml:4: databases.app.production.allow_write_access: expected true or false, "
        "found 'maybe'"}},
      {k_previews,
       "app_pr_{number}",
       {"tidegate.yaml:6: databases.app.previews: expected a section of keys, found a text"}},
      {k_previews, "", {"tidegate.yaml:6: databases.app.previews: has nothing in it"}},
      {"[app_dev]",
       "app_dev",
       {"tidegate.yaml:8: databases.app.protected: expected a list, such as [syrfdev], found a "
        "text"}},
      {"[app_dev]",
       "[app_dev, ]\n    protected2: x",
       {"tidegate.yaml:9: databases.app.protected2: unknown key; did you mean 'protected'?"}},
      {"[app_dev]",
       "[[app_dev]]",
       {"tidegate.yaml:8: databases.app.protected: expected texts in the list, found a list"}},
      {"[app_dev]",
       "[app_dev, '']",
       {"tidegate.yaml:8: databases.app.protected: has an item without a value"}},
      {"databases:\n",
       "github: yes\ndatabases:\n",
       {"tidegate.yaml:1: github: expected a section of keys, found a text"}},
      {"databases:\n", "journal: [a]\ndatabases:\n", {"tidegate.yaml:1: journal: expected a text"}},
      {"databases:\n",
       "log: {level: loud}\ndatabases:\n",
       {"tidegate.yaml:1: log.level: expected one of trace, debug, info, warning or error, found "
        "'loud'"}},
      {"databases:\n",
       "sign_in_wait: later\ndatabases:\n",
       {"tidegate.yaml:1: sign_in_wait: expected a duration, such as 2m, found 'later'"}},
      // Ranges and forms
      {k_snapshot,
       snapshot_key("timeout: soon"),
       {"tidegate.yaml:5: databases.app.snapshot.timeout: expected a duration longer than 0, such "
        "as 45m, found 'soon'"}},
      {k_snapshot,
       snapshot_key("timeout: 30"),
       {"tidegate.yaml:5: databases.app.snapshot.timeout: expected a duration", "found '30'"}},
      {k_snapshot,
       snapshot_key("timeout: 0s"),
       {"tidegate.yaml:5: databases.app.snapshot.timeout: expected a duration longer than 0"}},
      {k_snapshot,
       snapshot_key("timeout: -5m"),
       {"tidegate.yaml:5: databases.app.snapshot.timeout: expected a duration"}},
      {k_snapshot,
       snapshot_key("retries: -1"),
       {"tidegate.yaml:5: databases.app.snapshot.retries: expected a whole number from 0 to 100",
        "found '-1'"}},
      {k_snapshot,
       snapshot_key("retries: 101"),
       {"tidegate.yaml:5: databases.app.snapshot.retries: expected a whole number from 0 to 100"}},
      {k_snapshot,
       snapshot_key("retries: 2.5"),
       {"tidegate.yaml:5: databases.app.snapshot.retries: expected a whole number"}},
      {k_snapshot,
       snapshot_key("parallel: 0"),
       {"tidegate.yaml:5: databases.app.snapshot.parallel: expected a whole number from 1 to 64"}},
      {k_snapshot,
       snapshot_key("parallel: 65"),
       {"tidegate.yaml:5: databases.app.snapshot.parallel: expected a whole number from 1 to 64"}},
      {k_snapshot,
       snapshot_key("parallel: many"),
       {"tidegate.yaml:5: databases.app.snapshot.parallel:", "found 'many'"}},
      {k_snapshot,
       snapshot_key("parallel: 99999999999999999999"),
       {"tidegate.yaml:5: databases.app.snapshot.parallel:"}},
      {k_snapshot,
       snapshot_key("consistency: always"),
       {"tidegate.yaml:5: databases.app.snapshot.consistency: expected one of prefer or require, "
        "found 'always'"}},
      {k_snapshot,
       snapshot_key("max_age: 8"),
       {"tidegate.yaml:5: databases.app.snapshot.max_age: expected a duration"}},
      {k_snapshot,
       snapshot_key("include: []"),
       {"tidegate.yaml:5: databases.app.snapshot.include: is an empty list"}},
      {k_snapshot,
       snapshot_key("include: ['']"),
       {"tidegate.yaml:5: databases.app.snapshot.include: has an item without a value"}},
      {k_snapshot,
       snapshot_key("include: users"),
       {"tidegate.yaml:5: databases.app.snapshot.include: expected a list"}},
      {k_snapshot,
       snapshot_key("schedule: weekly"),
       {"tidegate.yaml:5: databases.app.snapshot.schedule: 'weekly' is not a schedule: it has 1 "
        "field, and five are needed"}},
      {k_snapshot,
       snapshot_key("schedule: '0 3 * *'"),
       {"tidegate.yaml:5: databases.app.snapshot.schedule:", "it has 4 fields"}},
      {k_snapshot,
       snapshot_key("schedule: '0 3 * * 0 2026'"),
       {"tidegate.yaml:5: databases.app.snapshot.schedule:", "it has 6 fields"}},
      {k_snapshot,
       snapshot_key("schedule: '@sometimes'"),
       {"tidegate.yaml:5: databases.app.snapshot.schedule:", "there is no such name"}},
      {k_snapshot,
       snapshot_key("schedule: '0 3 * * $'"),
       {"tidegate.yaml:5: databases.app.snapshot.schedule:", "its day of week '$' is not"}},
      {k_snapshot,
       snapshot_key("keep: 0"),
       {"tidegate.yaml:5: databases.app.snapshot.keep: expected a whole number from 1"}},
      {k_snapshot,
       snapshot_key("format: tar"),
       {"tidegate.yaml:5: databases.app.snapshot.format: expected one of custom or directory"}},
      {k_snapshot,
       snapshot_key("schedule: '0 0 30 2 *'"),
       {"databases.app.snapshot.schedule:", "no month that it names has such a day"}},
      {k_snapshot,
       snapshot_key("drill: yearly"),
       {"databases.app.snapshot.drill: 'yearly' is not a schedule"}},
      {k_snapshot,
       snapshot_key("compress: lz4"),
       {"databases.app.snapshot.compress: expected one of auto, zstd, gzip or none, found 'lz4'"}},
      {k_snapshot,
       snapshot_key("keep_weekly: 0"),
       {"databases.app.snapshot.keep_weekly: expected a whole number from 1"}},
      {k_snapshot,
       snapshot_key("storage: s3"),
       {"databases.app.snapshot.storage: expected a section of keys, found a text"}},
      {"databases:\n",
       "server: {listen: '8080'}\ndatabases:\n",
       {"tidegate.yaml:1: server.listen: '8080' is no address and port"}},
      {"databases:\n",
       "server: {listen: 'localhost:8080'}\ndatabases:\n",
       {"tidegate.yaml:1: server.listen: 'localhost:8080' is no address and port"}},
      {"databases:\n",
       "server: {listen: '127.0.0.1:65536'}\ndatabases:\n",
       {"tidegate.yaml:1: server.listen:"}},
      {"databases:\n",
       "server: {listen: '::1:80'}\ndatabases:\n",
       {"tidegate.yaml:1: server.listen:"}},
      {k_previews,
       preview_key("owner: app"),
       {"tidegate.yaml:6: databases.app.previews.owner: means nothing for a mongodb database"}},
      {k_previews,
       preview_key("wait: 5m"),
       {"tidegate.yaml:6: databases.app.previews.wait: expected a section of keys, found a text"}},
      {k_previews,
       preview_key("wait: {tries: 0}"),
       {"tidegate.yaml:6: databases.app.previews.wait.tries: expected a whole number from 1"}},
      {k_previews,
       preview_key("wait: {every: 0s}"),
       {"tidegate.yaml:6: databases.app.previews.wait.every: expected a duration longer than 0"}},
      {k_previews,
       preview_key("wait: {evry: 30s}"),
       {"tidegate.yaml:6: databases.app.previews.wait.evry: unknown key; did you mean 'every'?"}},
      {k_previews,
       preview_key("refresh: never"),
       {"tidegate.yaml:6: databases.app.previews.refresh: expected one of on-push or on-label"}},
      // Manifests
      {"    protected: [app_dev]\n",
       "render: {previews: {host: 'mongo.db.svc:27017'}}\n",
       {"tidegate.yaml:8: render.previews.host: 'mongo.db.svc:27017' has a port"}},
      {"    protected: [app_dev]\n",
       "render: {workflows: {sweep_schedule: '*/2 * * * *'}}\n",
       {"tidegate.yaml:8: render.workflows.sweep_schedule: '*/2 * * * *' is due more often"}},
      // Variables
      {"${PROD}",
       "${PROD",
       {"tidegate.yaml:4: databases.app.production.uri: '${' has no closing brace"}},
      {"${PROD}",
       "${}",
       {"tidegate.yaml:4: databases.app.production.uri: '${…}' holds no name of a variable"}},
      {"${PROD}",
       "${NO SPACE}",
       {"tidegate.yaml:4: databases.app.production.uri: '${…}' holds no name of a variable"}},
      {"${PROD}",
       "${1ST}",
       {"tidegate.yaml:4: databases.app.production.uri: '${…}' holds no name of a variable"}},
      // Files in place of values
      {"uri: '${PROD}'",
       "uri: '${PROD}', uri_file: /run/uri",
       {"tidegate.yaml:4: databases.app.production.uri_file: both 'uri' (line 4) and 'uri_file' "
        "are given"}},
      {"uri: '${PREVIEW}'",
       "password: a, password_file: b",
       {"tidegate.yaml:6: databases.app.previews.password_file: both 'password' (line 6) and"}},
      // Names
      {"  app:\n", "  'a b':\n", {"tidegate.yaml:2: databases.a b: is no good name"}},
      {"  app:\n", "  snapshot:\n", {"tidegate.yaml:2: databases.snapshot: is no good name"}},
      {"  app:\n",
       "  pr-7:\n",
       {"tidegate.yaml:2: databases.pr-7: is no good name: 'pr-…' stands for previews"}},
      {"  app:\n", "  a.b:\n", {"tidegate.yaml:2: databases.a.b: is no good name"}},
      {"staging:",
       "snapshot:",
       {"tidegate.yaml:7: databases.app.targets.snapshot: is no good name"}},
      {"staging:", "pr-12:", {"tidegate.yaml:7: databases.app.targets.pr-12: is no good name"}},
      {"staging:", "pr-012:", {"tidegate.yaml:7: databases.app.targets.pr-012: is no good name"}},
      {"staging:", "'a/b':", {"tidegate.yaml:7: databases.app.targets.a/b: is no good name"}},
      {"",
       std::string(sample::k_file) + "  APP:\n    engine: mongodb\n",
       {"tidegate.yaml:9: databases.APP: is too like 'app'"}},
      {"database: app_snapshot",
       "database: 'app snapshot'",
       {"tidegate.yaml:5: databases.app.snapshot.database:", "'app snapshot'"}},
      {"[app_dev]", "[app_dev, 'a/b']", {"tidegate.yaml:8: databases.app.protected:", "a/b"}},
      {"app_pr_{number}",
       "app_pr",
       {"tidegate.yaml:6: databases.app.previews.database:", "{number}"}},
      {"app_pr_{number}",
       "{number}_{number}",
       {"tidegate.yaml:6: databases.app.previews.database:", "{number}"}},
      // Missing keys
      {"    engine: mongodb\n", "", {"databases.app.engine: is missing"}},
      {", database: app}", "}", {"databases.app.production.database: is missing"}},
      {"database: app_snapshot, ", "", {"databases.app.snapshot.database: is missing"}},
      {"database: 'app_pr_{number}', ", "", {"databases.app.previews.database: is missing"}},
      {"{database: app_staging, uri",
       "{uri",
       {"databases.app.targets.staging.database: is missing"}},
      {"", "databases: {}\n", {"tidegate.yaml:1: databases: has no database in it"}},
      {"", "journal: /tmp/j\n", {"databases: has no database in it"}},
      {"database: app_snapshot",
       "database: app_snapshot, directory: /snapshots",
       {"tidegate.yaml:5: databases.app.snapshot.directory: both 'database' and 'directory' are "
        "given"}},
      // Contradictions
      {"database: app_snapshot", "database: app", {"databases.app", "'app'"}},
      {"database: app_snapshot", "database: APP", {"databases.app", "'APP'"}},
      {"database: app_snapshot", "database: admin", {"databases.app", "'admin'"}},
      {"database: app_staging", "database: app", {"databases.app", "'app'"}},
      {"database: app_staging", "database: app_snapshot", {"databases.app", "'app_snapshot'"}},
      {"database: app_staging", "database: app_pr_7", {"databases.app", "app_pr_"}},
      {"[app_dev]", "[app_pr_3]", {"databases.app", "app_pr_3"}},
      {", database: app}", ", database: app_pr_1}", {"databases.app", "app_pr_1"}},
      {"",
       two("app_pr_{number}", "app_pr_{number}"),
       {"tidegate.yaml:13: databases.shop.previews.database:", "of 'app' can make the same name"}},
      {"",
       two("app_pr_{number}", "APP_pr_{number}"),
       {"tidegate.yaml:13: databases.shop.previews.database:"}},
      {"", two("app_{number}", "app_1{number}"), {"can make the same name"}},
      {"", two("p{number}0", "p{number}"), {"can make the same name"}},
      {"",
       two("shop_{number}", "s{number}") +
           "  third:\n    engine: mongodb\n    production: {database: SHOP_7}\n    snapshot: "
           "{database: third_snapshot}\n",
       {"tidegate.yaml:6: databases.app.previews.database: 'SHOP_7' is the production database of "
        "'third'"}},
      {"",
       sample::changed("database: app_staging", "database: shop") + k_second_database,
       {"tidegate.yaml:7: databases.app.targets.staging.database: 'shop' is the production "
        "database of 'shop'"}},
      {"",
       sample::changed("database: app_snapshot", "database: Shop") + k_second_database,
       {"tidegate.yaml:5: databases.app.snapshot.database: 'shop' is the production database of "
        "'shop'"}},
      {"",
       sample::changed("database: app_snapshot", "database: SHOP_snapshot") + k_second_database,
       {"databases.shop.snapshot.database: 'shop_snapshot' is 'databases.app.snapshot.database', "
        "too"}},
      {"",
       sample::changed("database: app_staging", "database: shop_snapshot") + k_second_database,
       {"databases.shop.snapshot.database: 'shop_snapshot' is "
        "'databases.app.targets.staging.database', too"}},
      {"",
       two("app_pr_{number}", "shop_{number}") + "    targets: {nightly: {database: app_pr_7}}\n",
       {"databases.app.previews.database: 'app_pr_{number}' can make 'app_pr_7', which is in "
        "'databases.shop.targets.nightly.database'"}},
      {"",
       two("app_pr_{number}", "shop_{number}") + "    protected: [APP_PR_8]\n",
       {"databases.app.previews.database: 'app_pr_{number}' can make 'APP_PR_8', which is in "
        "'databases.shop.protected'"}},
  };
  return all;
}

class BadConfiguration : public testing::TestWithParam<std::size_t> {};

TEST_P(BadConfiguration, IsRefusedWithItsPlace) {
  const auto& mistake = mistakes()[GetParam()];
  const auto error =
      sample::error_of([&] { sample::load(sample::changed(mistake.part, mistake.by)); });
  EXPECT_EQ(error.kind(), ErrorKind::config) << error.message();
  for (const auto& said : mistake.said) {
    EXPECT_NE(error.message().find(said), std::string::npos)
        << "expected: " << said << "\nfound: " << error.message();
  }
}

INSTANTIATE_TEST_SUITE_P(Table, BadConfiguration,
                         testing::Range<std::size_t>(0, mistakes().size()));

TEST(BadConfiguration, AllMistakesAreSaidAtOnceInTheOrderOfTheFile) {
  const auto error = sample::error_of([] {
    sample::load(
        "databases:\n  app:\n    engine: mysql\n    production: {databse: app}\n"
        "    snapshot: {timeout: soon, retries: 999}\n");
  });
  EXPECT_EQ(error.message(),
            "4 mistakes in 'tidegate.yaml'\n"
            "  tidegate.yaml:3: databases.app.engine: expected one of mongodb or postgresql, found "
            "'mysql'\n"
            "  tidegate.yaml:4: databases.app.production.databse: unknown key; did you mean "
            "'database'?\n"
            "  tidegate.yaml:5: databases.app.snapshot.timeout: expected a duration longer than 0, "
            "such as 45m, found 'soon'\n"
            "  tidegate.yaml:5: databases.app.snapshot.retries: expected a whole number from 0 to "
            "100, such as 0, found '999'");
}

TEST(BadConfiguration, ASecretIsNeverRepeatedInAMessage) {
  const auto error = sample::error_of(
      [] { sample::load(sample::changed("'${PROD}'", "'mongodb://u:hunter2@h/${'")); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_EQ(error.message().find("hunter2"), std::string::npos) << error.message();
}

TEST(BadConfiguration, PatternsThatCannotMeetAreFine) {
  for (const auto* other : {"shop_pr_{number}", "app_pr_0{number}", "app_pr_{number}_x"}) {
    EXPECT_NO_THROW(sample::load(two("app_pr_{number}", other))) << other;
  }
}

}  // namespace
}  // namespace tidegate::config
