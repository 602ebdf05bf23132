#include "config/loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "config/init.hpp"
#include "sample.hpp"

namespace tidegate::config {
namespace {

using testing::HasSubstr;

/// A directory of its own for each test; the working directory is left alone.
class LoadingAFile : public testing::Test {
 protected:
  LoadingAFile() {
    std::string name = testing::TempDir() + "tidegate-config-XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  ~LoadingAFile() override { std::filesystem::remove_all(directory_); }

  std::string write(const std::string& name, std::string_view text) const {
    const auto path = (directory_ / name).string();
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::string path(const std::string& name) const { return (directory_ / name).string(); }

  std::filesystem::path directory_;
  Redactor redactor_;
};

TEST_F(LoadingAFile, TheFlagWinsOverTheVariableAndThePlaces) {
  auto sources = sample::sources({{"TIDEGATE_CONFIG", path("missing.yaml")}},
                                 {{"--config", write("flag.yaml", sample::k_file)}});
  sources.places = {path("other.yaml")};
  EXPECT_EQ(load(sources, redactor_).file(), path("flag.yaml"));
}

TEST_F(LoadingAFile, TheFirstPlaceThatHasAFileIsTaken) {
  auto sources = sample::sources();
  sources.places = {path("none.yaml"), write("second.yaml", sample::k_file),
                    write("third.yaml", sample::k_file)};
  EXPECT_EQ(load(sources, redactor_).file(), path("second.yaml"));
}

TEST_F(LoadingAFile, ANamedFileThatIsMissingIsAnErrorEvenWhereAnotherIsThere) {
  for (const bool by_flag : {true, false}) {
    auto sources = by_flag ? sample::sources({}, {{"--config", path("gone.yaml")}})
                           : sample::sources({{"TIDEGATE_CONFIG", path("gone.yaml")}});
    sources.places = {write("there.yaml", sample::k_file)};
    const auto error = sample::error_of([&] { load(sources, redactor_); });
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_THAT(error.message(), HasSubstr(path("gone.yaml")));
    EXPECT_THAT(error.message(), HasSubstr(by_flag ? "--config" : "TIDEGATE_CONFIG"));
  }
}

TEST_F(LoadingAFile, WhereThereIsNoneItSaysWhereItLooked) {
  auto sources = sample::sources();
  sources.places = {path("one.yaml"), path("two.yaml")};
  const auto error = sample::error_of([&] { load(sources, redactor_); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_EQ(error.message(), "no configuration file found: looked at --config, TIDEGATE_CONFIG, " +
                                 path("one.yaml") + ", " + path("two.yaml"));
  EXPECT_THAT(error.hint(), HasSubstr("tidegate init"));
}

TEST_F(LoadingAFile, ADirectoryIsNoFile) {
  const auto error = sample::error_of([&] {
    load(sample::sources({}, {{"--config", directory_.string()}}), redactor_);
  });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.message(), HasSubstr("it is a directory"));
}

TEST_F(LoadingAFile, OneThatIsTooLargeIsRefused) {
  const auto file = write("large.yaml", std::string(k_largest_file + 1, '#'));
  const auto error = sample::error_of([&] {
    load(sample::sources({}, {{"--config", file}}), redactor_);
  });
  EXPECT_THAT(error.message(), HasSubstr("larger than 1 MiB"));
}

TEST_F(LoadingAFile, WithoutNeedOfOneFlagsAndVariablesAreEnough) {
  const auto config = load(sample::sources({{"TIDEGATE_LOG_LEVEL", "debug"}}, {{"--json", "true"}}),
                           redactor_, FileNeed::none);
  EXPECT_EQ(config.log_level(), LogLevel::debug);
  EXPECT_TRUE(config.switched_on("--json"));
  EXPECT_FALSE(config.switched_on("--yes"));
  EXPECT_TRUE(config.database_names().empty());
}

TEST(CollectionLoad, AWrongFlagIsAUsageErrorAndAWrongVariableAConfigError) {
  const auto flag = sample::error_of([] {
    sample::load(sample::k_file, {}, {{"--timeout", "soon"}});
  });
  EXPECT_EQ(flag.kind(), ErrorKind::usage);
  EXPECT_THAT(flag.message(), HasSubstr("flag '--timeout': expected a duration"));
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"TIDEGATE_LOG_LEVEL", "loud"},
                                          {"TIDEGATE_WAIT", "forever"},
                                          {"TIDEGATE_DATABASES_APP_SNAPSHOT_TIMEOUT", "0s"},
                                          {"TIDEGATE_DATABASES_APP_ENGINE", "mysql"},
                                          {"TIDEGATE_DATABASES_APP_SNAPSHOT_DATABASE", "a b"}}) {
    const auto variable = sample::error_of([&] { sample::load(sample::k_file, {{name, value}}); });
    EXPECT_EQ(variable.kind(), ErrorKind::config) << name;
    EXPECT_THAT(variable.message(), HasSubstr(value)) << name;
  }
}

TEST(CollectionLoad, AnUnrelatedVariableWithTheSamePrefixIsNoMistake) {
  EXPECT_NO_THROW(sample::load(sample::k_file, {{"TIDEGATE_SERVICE_HOST", "10.0.0.1"}}));
}

TEST(CollectionLoad, AliasesWorkWithinReason) {
  const auto config = sample::load(
      "databases:\n  a:\n    engine: &engine mongodb\n    production: {database: a}\n"
      "    snapshot: {database: a_snapshot, include: &all [x, y]}\n"
      "  b:\n    engine: *engine\n    production: {database: b}\n"
      "    snapshot: {database: b_snapshot, include: *all}\n");
  EXPECT_EQ(config.engine("b"), EngineKind::mongodb);
  EXPECT_THAT(config.selection("b").include, testing::ElementsAre("x", "y"));
}

TEST(CollectionLoad, AByteOrderMarkAndWindowsLinesAreFine) {
  std::string text = "\xEF\xBB\xBF";
  for (const char c : sample::k_file) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(sample::load(text).topology("app").production.text(), "app");
}

TEST(CollectionLoad, KeysOfLaterVersionsAreAccepted) {
  EXPECT_NO_THROW(sample::load(
      "databases:\n  app:\n    engine: postgresql\n    production: {database: app}\n"
      "    snapshot: {directory: /snapshots, keep: 7, keep_daily: 1, keep_weekly: 2, "
      "keep_monthly: 3,\n      format: custom, compress: auto, drill: weekly, checksums: true}\n"
      "    previews: {database: 'app_{number}', owner: app, refresh: on-label, seed: application, "
      "grace: 1d}\n"
      "    targets: {staging: {database: staging, source: seed}}\n"
      "github: {repository: acme/shop, labels: {lock: persist-db}}\nserver: {listen: ':8080'}\n"
      "gitops: {phase: pre-sync}\n"));
}

TEST(CollectionLoad, TheInitialFileLoadsAsItIs) {
  const auto config =
      sample::load(initial_file(EngineKind::mongodb), {{"APP_PRODUCER_URI", "mongodb://h/"}});
  const auto plan = config.snapshot_plan("app");
  EXPECT_EQ(plan.topology.snapshot->text(), "app_snapshot");
  EXPECT_EQ(plan.limits.timeout, std::chrono::minutes(30));
  EXPECT_EQ(config.waiting("app").tries, 12);
}

/// Every `# key:` line becomes a key, less one of the two places of a snapshot.
std::string examples_turned_on(EngineKind engine) {
  std::string text, line;
  std::istringstream input(initial_file(engine));
  bool body = false;
  while (std::getline(input, line)) {
    body = body || line.starts_with("databases:");
    const auto at = line.find_first_not_of(' ');
    if (line.find("# directory:") != std::string::npos) continue;
    if (body && at != std::string::npos && line.compare(at, 2, "# ") == 0) line.erase(at, 2);
    text += line + "\n";
  }
  return text;
}

TEST(CollectionLoad, TheInitialFileAlsoLoadsWithItsExamplesTurnedOn) {
  for (const auto engine : {EngineKind::mongodb, EngineKind::postgresql}) {
    const auto config = sample::load(examples_turned_on(engine));
    EXPECT_THAT(config.selection("app").include, testing::ElementsAre("users", "orders*"));
    EXPECT_EQ(config.topology("app").targets.at("staging").text(), "app_staging");
    EXPECT_EQ(config.journal(), "/var/lib/tidegate/journal.db");
    EXPECT_EQ(config.listen().port, 8080);
  }
}

TEST(CollectionLoad, TheInitialFileForPostgresqlIsRightToo) {
  auto sources = sample::sources({{"APP_PRODUCER_URI", "postgresql://h/maintenance"}});
  sources.engine_databases = sample::both_engines;
  const auto config =
      load_text(initial_file(EngineKind::postgresql), "tidegate.yaml", sources, sample::redactor());
  const auto plan = config.snapshot_plan("app");
  EXPECT_EQ(plan.engine, EngineKind::postgresql);
  EXPECT_EQ(plan.topology.production.text(), "app");
  EXPECT_EQ(plan.limits.timeout, std::chrono::hours(1));
  EXPECT_EQ(config.schedule("app")->text(), "0 3 * * *");
}

}  // namespace
}  // namespace tidegate::config
