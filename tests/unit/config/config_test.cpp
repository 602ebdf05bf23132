#include "config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "sample.hpp"

namespace tidegate::config {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

TargetName target(std::string_view text) { return parse_target(text).value(); }

const Environment k_environment{{"PROD", "mongodb://producer:pw-of-prod@h/?x=1"},
                                {"PREVIEW", "mongodb://pr-{number}:pw@h/"},
                                {"STAGING", "mongodb://staging@h/"}};

TEST(Precedence, FlagBeforeVariableBeforeFileBeforeDefault) {
  const auto text =
      sample::changed("database: app_snapshot", "timeout: 40m, database: app_snapshot");
  const Environment variable{{"TIDEGATE_DATABASES_APP_SNAPSHOT_TIMEOUT", "50m"}};
  EXPECT_EQ(sample::load().snapshot_limits("app").timeout, minutes(30));
  EXPECT_EQ(sample::load(text).snapshot_limits("app").timeout, minutes(40));
  EXPECT_EQ(sample::load(text, variable).snapshot_limits("app").timeout, minutes(50));
  EXPECT_EQ(sample::load(text, variable, {{"--timeout", "1h"}}).snapshot_limits("app").timeout,
            minutes(60));
}

TEST(Precedence, AnEmptyVariableOfAnOptionIsNotSet) {
  EXPECT_EQ(sample::load(sample::k_file, {{"TIDEGATE_LOG_FORMAT", ""}}).log_format(),
            LogFormat::text);
}

TEST(Variables, AreReplacedWhenTheValueIsAskedForAndNotBefore) {
  const auto config = sample::load(sample::k_file, {{"STAGING", "mongodb://staging@h/"}});
  EXPECT_EQ(config.target("app", target("staging")).uri.reveal(), "mongodb://staging@h/");
  const auto error = sample::error_of([&] { config.production("app"); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_EQ(error.message(),
            "the variable 'PROD' is not set, which 'databases.app.production.uri' "
            "(tidegate.yaml:4) needs");
}

TEST(Variables, HaveDefaultsForUnsetAndEmptyAndCanBeEscaped) {
  const Environment environment{{"SET", "s"}, {"EMPTY", ""}};
  const auto text = [&](std::string_view from) {
    return expand(from, environment, "key", "file:1").value;
  };
  EXPECT_EQ(text("a${SET}b"), "asb");
  EXPECT_EQ(text("${UNSET:-d}"), "d");
  EXPECT_EQ(text("${EMPTY:-d}"), "d");
  EXPECT_EQ(text("${EMPTY}"), "");
  EXPECT_EQ(text("${UNSET:-}"), "");
  EXPECT_EQ(text("${UNSET:-mongodb://h:1/}${SET}"), "mongodb://h:1/s");
  EXPECT_EQ(text("$${SET}"), "${SET}");
  EXPECT_EQ(text("a$b$$c$"), "a$b$$c$");
  EXPECT_EQ(text("$$${SET}"), "$${SET}");
  EXPECT_EQ(text("${UNSET}"), std::nullopt);
}

TEST(Variables, ValuesAreCheckedWhenResolved) {
  const auto config =
      sample::load(sample::changed("database: app_snapshot", "database: '${S}', timeout: '${T}'"),
                   {{"S", "app"}, {"T", "soon"}, {"PROD", "mongodb://h/"}});
  const auto timeout = sample::error_of([&] { config.snapshot_limits("app"); });
  EXPECT_THAT(timeout.message(),
              HasSubstr("tidegate.yaml:5: databases.app.snapshot.timeout: expected a duration"));
  const auto gate = sample::error_of([&] { config.topology("app"); });
  EXPECT_EQ(gate.kind(), ErrorKind::config);
  EXPECT_THAT(gate.message(), HasSubstr("databases.app"));
}

TEST(Variables, InFlagsAndOtherVariablesAreLeftAlone) {
  const auto config = sample::load(
      sample::k_file,
      {{"TIDEGATE_DATABASES_APP_PRODUCTION_PASSWORD", "p${PROD}"}, {"PROD", "mongodb://h/"}});
  EXPECT_EQ(config.production("app").password.reveal(), "p${PROD}");
}

TEST(Variables, MayHoldAListWithCommas) {
  const auto config = sample::load(sample::changed("schedule: '0 3 * * 0'", "include: '${TAKE}'"),
                                   {{"TAKE", "a, b*,,c"}});
  EXPECT_THAT(config.selection("app").include, ElementsAre("a", "b*", "c"));
}

class SecretFiles : public testing::Test {
 protected:
  SecretFiles() {
    std::string name = testing::TempDir() + "tidegate-secret-XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  ~SecretFiles() override { std::filesystem::remove_all(directory_); }
  std::string write(const std::string& name, std::string_view text) const {
    const auto path = (directory_ / name).string();
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::filesystem::path directory_;
};

TEST_F(SecretFiles, AreReadWithoutOneNewlineAtTheEnd) {
  for (const auto& [content, expected] : std::map<std::string, std::string>{
           {"pass", "pass"}, {"pass\n", "pass"}, {"pass\r\n", "pass"}, {"pass\n\n", "pass\n"}}) {
    const auto config = sample::load(sample::changed(
        "uri: '${PROD}'", "uri: mongodb://h/, password_file: " + write("password", content)));
    EXPECT_EQ(config.production("app").password.reveal(), expected);
  }
}

TEST_F(SecretFiles, ThatAreMissingEmptyOrDirectoriesAreNamedWithKeyAndLine) {
  for (const auto& path :
       {(directory_ / "gone").string(), directory_.string(), write("empty", "\n")}) {
    const auto config = sample::load(sample::changed("uri: '${PROD}'", "uri_file: " + path));
    const auto error = sample::error_of([&] { config.production("app"); });
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_THAT(error.message(), HasSubstr("'" + path + "'"));
    EXPECT_THAT(error.message(),
                HasSubstr("'databases.app.production.uri_file' (tidegate.yaml:4)"));
    EXPECT_TRUE(config.try_production("app").missing.has_value());
  }
}

TEST_F(SecretFiles, AVariableForTheValueWinsOverAFileInTheFile) {
  const auto config = sample::load(sample::changed("uri: '${PROD}'", "uri_file: /gone"),
                                   {{"TIDEGATE_DATABASES_APP_PRODUCTION_URI", "mongodb://v/"}});
  EXPECT_EQ(config.production("app").uri.reveal(), "mongodb://v/");
  const auto both = sample::error_of([&] {
    sample::load(sample::k_file, {{"TIDEGATE_DATABASES_APP_PRODUCTION_URI", "a"},
                                  {"TIDEGATE_DATABASES_APP_PRODUCTION_URI_FILE", "b"}});
  });
  EXPECT_THAT(both.message(), HasSubstr("TIDEGATE_DATABASES_APP_PRODUCTION_URI_FILE"));
}

TEST_F(SecretFiles, OfPreviewsMayDependOnTheNumber) {
  write("pr-7", "secret of seven\n");
  const auto config =
      sample::load(sample::changed("uri: '${PREVIEW}'",
                                   "uri: 'mongodb://h/{number}', username: 'pr-{number}-user', "
                                   "password_file: '" +
                                       (directory_ / "pr-{number}").string() + "'"));
  const auto endpoint = config.target("app", target("pr-7"));
  EXPECT_EQ(endpoint.uri.reveal(), "mongodb://h/7");
  EXPECT_EQ(endpoint.username, "pr-7-user");
  EXPECT_EQ(endpoint.password.reveal(), "secret of seven");
  EXPECT_TRUE(config.try_target("app", target("pr-8")).missing.has_value());
  EXPECT_TRUE(config.try_previews("app").missing.has_value());
}

TEST(Endpoints, TheNumberAlsoReplacesWhatAVariableBroughtExceptInPasswords) {
  auto environment = k_environment;
  environment["PW"] = "x{number}";
  const auto config = sample::load(
      sample::changed("uri: '${PREVIEW}'", "uri: '${PREVIEW}', password: '{number}${PW}'"),
      environment);
  const auto endpoint = config.target("app", target("pr-42"));
  EXPECT_EQ(endpoint.uri.reveal(), "mongodb://pr-42:pw@h/");
  EXPECT_EQ(endpoint.password.reveal(), "42x{number}");
}

TEST(Endpoints, ASharedPreviewUserServesAllPreviews) {
  auto environment = k_environment;
  environment["PREVIEW"] = "mongodb://shared@h/";
  const auto config = sample::load(sample::k_file, environment);
  EXPECT_EQ(config.try_previews("app").value->uri.reveal(), "mongodb://shared@h/");
  EXPECT_TRUE(sample::load(sample::k_file, k_environment).try_previews("app").missing.has_value());
}

TEST(Endpoints, TheSnapshotIsTakenWithProductionsUserUnlessItHasItsOwn) {
  const auto production = sample::load(
      sample::changed("uri: '${PROD}'", "uri: mongodb://p/, username: u, password: pass"));
  EXPECT_EQ(production.snapshot("app").uri.reveal(), "mongodb://p/");
  EXPECT_EQ(production.snapshot("app").username, "u");
  EXPECT_THAT(production.snapshot("app").origin,
              MatchesRegex(".*:[0-9]+ databases.app.production.uri"));
  const auto own = sample::load(
      sample::changed("database: app_snapshot", "database: app_snapshot, uri: mongodb://s/"),
      k_environment);
  EXPECT_EQ(own.snapshot("app").uri.reveal(), "mongodb://s/");
  EXPECT_EQ(own.snapshot("app").username, "");
}

TEST(Endpoints, WithoutAConnectionStringTheKeyIsNamed) {
  const auto config = sample::load(sample::changed(", uri: '${STAGING}'", ""), k_environment);
  const auto error = sample::error_of([&] { config.target("app", target("staging")); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_EQ(error.message(), "'databases.app.targets.staging.uri' is not configured");
  EXPECT_THAT(error.hint(), HasSubstr("TIDEGATE_DATABASES_APP_TARGETS_STAGING_URI"));
}

TEST(Endpoints, EverySecretIsToldToTheRedactor) {
  Redactor redactor;
  const auto config =
      load_text(sample::changed("uri: '${PROD}'", "uri: '${PROD}', password: beside-it"),
                "tidegate.yaml", sample::sources(k_environment), redactor);
  EXPECT_THAT(redactor.clean("pw-of-prod beside-it"), HasSubstr("beside-it"));
  config.production("app");
  EXPECT_EQ(redactor.clean("pw-of-prod beside-it"), "*** ***");
}

TEST(Plans, OfASnapshotHoldEverythingThatIsConfigured) {
  const auto config = sample::load(
      sample::changed("schedule: '0 3 * * 0'",
                      "include: [a], exclude: [b], consistency: require, schema_version: 042, "
                      "max_age: 8d, metadata: about, retries: 0, parallel: 7"),
      k_environment, {{"--parallel", "2"}});
  const auto plan = config.snapshot_plan("app");
  EXPECT_EQ(plan.name, "app");
  EXPECT_EQ(plan.engine, EngineKind::mongodb);
  EXPECT_EQ(plan.topology.production.text(), "app");
  EXPECT_EQ(plan.topology.protected_names, std::vector{DatabaseName("app_dev")});
  EXPECT_EQ(plan.topology.engine_own.size(), 3U);
  EXPECT_THAT(plan.selection.include, ElementsAre("a"));
  EXPECT_THAT(plan.selection.exclude, ElementsAre("b"));
  EXPECT_EQ(plan.consistency, ConsistencyWish::require);
  EXPECT_EQ(plan.schema_version, "042");
  EXPECT_EQ(plan.max_age, std::chrono::hours(24 * 8));
  EXPECT_EQ(plan.copy.metadata_collection, "about");
  EXPECT_EQ(plan.copy.parallel, 2);
  EXPECT_FALSE(plan.copy.allow_write_access);
  EXPECT_EQ(plan.limits.retries, 0);
}

TEST(Plans, OfATargetNeedOnlyItsOwnConnectionString) {
  const auto config = sample::load(sample::k_file, {{"PREVIEW", "mongodb://h/"}});
  const auto restore = config.restore_plan("app", target("pr-9"), {"acme/shop", "4be1c02"});
  EXPECT_EQ(restore.limits.timeout, minutes(15));
  EXPECT_EQ(restore.limits.retries, 3);
  EXPECT_EQ(restore.waiting.tries, 12);
  EXPECT_EQ(restore.waiting.every, std::chrono::seconds(30));
  EXPECT_EQ(restore.schedule, "0 3 * * 0");
  EXPECT_EQ(restore.repository, "acme/shop");
  EXPECT_EQ(restore.commit, "4be1c02");
  const auto drop = config.drop_plan("app", target("pr-9"), {});
  EXPECT_THAT(drop.endpoint.origin, MatchesRegex(".*:[0-9]+ databases.app.previews.uri"));
  EXPECT_EQ(drop.target.number->value(), 9);
}

TEST(Plans, ATargetThatIsNotThereIsSaidBeforeItsConnectionStringIsAskedFor) {
  const auto config = sample::load();
  const auto error = sample::error_of([&] { config.restore_plan("app", target("stagin"), {}); });
  EXPECT_EQ(error.kind(), ErrorKind::not_found);
}

TEST(Plans, OfAnEngineThatIsNotThereAreRefusedClearly) {
  const auto config =
      sample::load(sample::changed("engine: mongodb", "engine: postgresql"), k_environment);
  for (const auto& error :
       {sample::error_of([&] { config.snapshot_plan("app"); }),
        sample::error_of([&] { config.drop_plan("app", target("pr-1"), {}); })}) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_THAT(error.message(), HasSubstr("cannot operate yet (tidegate.yaml:3"));
  }
}

TEST(Plans, KnowTheDatabaseByNameForMessages) {
  const auto config = sample::load(std::string(sample::k_file), k_environment);
  EXPECT_EQ(config.snapshot_plan("app").topology.name, "app");
}

TEST(Plans, CarryTheWaitForASignInToTheEndpoint) {
  auto environment = k_environment;
  environment["TIDEGATE_SIGN_IN_WAIT"] = "2m";
  const auto config = sample::load(std::string(sample::k_file), environment);
  EXPECT_EQ(config.snapshot_plan("app").endpoint.sign_in_wait, std::chrono::minutes{2});
}

TEST(Plans, ATargetThatIsProductionIsSaidOnceWithItsLineAndAWayOut) {
  const auto error = sample::error_of([] {
    sample::load(sample::changed("database: app_staging", "database: app"), k_environment);
  });
  EXPECT_THAT(error.message(), testing::MatchesRegex("tidegate.yaml:[1-9][0-9]*: databases.app: "
                                                     "target 'staging' is 'app', which is "
                                                     "production"));
  EXPECT_THAT(error.hint(), HasSubstr("a database of its own"));
}

TEST(Unproven, AValueWhoseVariableIsUnsetIsNoFailure) {
  const auto config = sample::load(sample::changed("[app_dev]", "['${DEV}']"));
  EXPECT_TRUE(config.try_production("app").missing.has_value());
  EXPECT_TRUE(config.try_snapshot("app").missing.has_value());
  EXPECT_TRUE(config.try_target("app", target("pr-1")).missing.has_value());
  EXPECT_THAT(config.try_topology("app").missing->message(), HasSubstr("'DEV'"));
}

const std::string k_two = std::string(sample::k_file) +
                          "  shop:\n    engine: mongodb\n    production: {database: shop}\n"
                          "    snapshot: {database: shop_snapshot}\n";

TEST(Addresses, LeaveTheDatabaseOutWhereThereIsOne) {
  const auto config = sample::load();
  const auto address = config.address("pr-42", SnapshotWord::refused);
  EXPECT_EQ(address.database, "app");
  EXPECT_EQ(address.target->number->value(), 42);
  EXPECT_EQ(config.address("app/staging", SnapshotWord::refused).target->text, "staging");
  EXPECT_TRUE(config.address("snapshot", SnapshotWord::accepted).snapshot);
  EXPECT_EQ(config.one_database(std::nullopt), "app");
  EXPECT_EQ(config.scope("pr-3").front().target->number->value(), 3);
  EXPECT_EQ(config.scope("app").front().target, std::nullopt);
}

TEST(Addresses, NameTheDatabaseWhereThereAreSeveral) {
  const auto config = sample::load(k_two);
  for (const auto& error :
       {sample::error_of([&] { config.address("pr-1", SnapshotWord::refused); }),
        sample::error_of([&] { config.one_database(std::nullopt); })}) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_THAT(error.hint(), HasSubstr("'app' and 'shop'"));
  }
  EXPECT_EQ(config.address("shop/pr-1", SnapshotWord::refused).database, "shop");
  EXPECT_THAT(config.databases(std::nullopt), ElementsAre("app", "shop"));
  EXPECT_EQ(config.scope(std::nullopt).size(), 2U);
}

TEST(Addresses, ThatAreNoneAreRefused) {
  const auto config = sample::load();
  const auto kind = [&](std::string_view text) {
    return sample::error_of([&] { config.address(text, SnapshotWord::refused); }).kind();
  };
  for (const auto* text :
       {"", "app/", "pr-0", "pr-042", "PR-7", "pr-", "pr-2147483648", "snapshot", "app/snapshot"}) {
    EXPECT_EQ(kind(text), ErrorKind::usage) << text;
  }
  EXPECT_EQ(kind("/pr-1"), ErrorKind::not_found);
  EXPECT_EQ(kind("other/pr-1"), ErrorKind::not_found);
  const auto error = sample::error_of([&] { config.one_database("ap"); });
  EXPECT_EQ(error.kind(), ErrorKind::not_found);
  EXPECT_THAT(error.hint(), HasSubstr("did you mean 'app'?"));
}

TEST(StatusReporting, SaysEachValueItsOriginAndNoSecret) {
  auto environment = k_environment;
  environment.erase("STAGING");
  environment["TIDEGATE_LOG_LEVEL"] = "debug";
  const auto config = sample::load(
      sample::changed("uri: '${PREVIEW}'", "uri: '${PREVIEW}', password: 'half-${GONE}'"),
      environment, {{"--timeout", "5m"}});
  std::map<std::string, ShownValue> rows;
  std::string everything;
  for (const auto& row : config.show()) {
    EXPECT_TRUE(rows.emplace(row.key, row).second) << row.key << " is shown twice";
    everything += row.value + "\n";
  }
  const auto expect = [&](const std::string& key, const std::string& value,
                          const std::string& origin) {
    ASSERT_TRUE(rows.contains(key)) << key;
    EXPECT_EQ(rows[key].value, value) << key;
    EXPECT_EQ(rows[key].origin, origin) << key;
  };
  expect("databases.app.production.uri", "***", "tidegate.yaml:4");
  expect("databases.app.previews.password", "${GONE} (not set)", "tidegate.yaml:6");
  expect("databases.app.targets.staging.uri", "${STAGING} (not set)", "tidegate.yaml:7");
  expect("databases.app.snapshot.timeout", "5m", "--timeout");
  expect("databases.app.snapshot.retries", "2", "default");
  expect("databases.app.protected", "[app_dev]", "tidegate.yaml:8");
  expect("log.level", "debug", "TIDEGATE_LOG_LEVEL");
  EXPECT_FALSE(rows.contains("databases.app.snapshot.compress"));
  EXPECT_THAT(everything, testing::Not(HasSubstr("pw-of-prod")));
  EXPECT_THAT(everything, testing::Not(HasSubstr("half")));
}

}  // namespace
}  // namespace tidegate::config
