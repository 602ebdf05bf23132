// A hundred wrong configurations and command lines, each with what is said and the exit code. None
// of them may reach a server: the one configured is a port where nothing listens.

#include <gtest/gtest.h>

#include "support/program.hpp"
#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

const char* const k_good = R"(databases:
  syrf:
    engine: mongodb
    production:
      uri: ${PRODUCER_URI}
      database: syrftest
    snapshot:
      database: syrf_snapshot
      timeout: 2s
      retries: 0
    previews:
      database: syrf_pr_{number}
      uri: ${PREVIEW_URI}
      timeout: 2s
      retries: 0
    targets:
      staging: {database: syrf_staging, uri: "${STAGING_URI}"}
    protected: [syrftest, syrfdev]
)";

using Arguments = std::vector<std::string>;

struct Case {
  const char* name;
  Arguments arguments;
  int exit_code;
  const char* says;  ///< in the message or its hint
  /// Replaces the first text in the good file by the second.
  std::vector<std::pair<std::string, std::string>> changes = {};
  Environment environment = {};
};

std::ostream& operator<<(std::ostream& out, const Case& test) { return out << test.name; }

constexpr int k_usage = 2, k_config = 3, k_refused = 4, k_not_found = 6, k_unreachable = 8;

const Arguments k_check = {"config", "check"};

std::vector<Case> command_lines() {
  return {
      {"UnknownCommand", {"snapshoot"}, k_usage, "did you mean 'tidegate snapshot'"},
      {"UnknownCommandFarFromAll", {"xyzzy"}, k_usage, "unknown command 'xyzzy'"},
      {"UnknownFlag", {"snapshot", "--jsn"}, k_usage, "did you mean '--json'"},
      {"UnknownShortFlag", {"snapshot", "-z"}, k_usage, "'-z'"},
      {"UnknownFlagBeforeTheVerb", {"--bogus", "snapshot"}, k_usage, "unknown flag '--bogus'"},
      {"FlagOfAnotherCommand", {"snapshot", "--commit", "abc"}, k_usage, "'--commit'"},
      {"SeedIsOfDrop", {"restore", "pr-1", "--seed"}, k_usage, "'drop'"},
      {"GrantsIsOfCheck", {"status", "--grants"}, k_usage, "'check'"},
      {"RestoreWithoutTarget", {"restore"}, k_usage, "TARGET"},
      {"DropWithoutTarget", {"drop"}, k_usage, "TARGET"},
      {"VerifyWithoutTarget", {"verify"}, k_usage, "TARGET"},
      {"TwoTargets", {"restore", "pr-1", "pr-2"}, k_usage, "pr-2"},
      {"TwoDatabases", {"snapshot", "syrf", "syrf"}, k_usage, "syrf"},
      {"EmptyTarget", {"restore", ""}, k_usage, "empty"},
      {"ConfigWithoutWhat", {"config"}, k_usage, "config"},
      {"ConfigWithUnknownWhat", {"config", "shw"}, k_usage, "did you mean 'show'"},
      {"CompletionOfUnknownShell", {"completion", "tcsh"}, k_usage, "bash"},
      {"CompletionWithoutShell", {"completion"}, k_usage, "completion"},
      {"HelpOfUnknownCommand", {"help", "snapshoot"}, k_usage, "snapshot"},
      {"FlagWithoutValue", {"snapshot", "--timeout"}, k_usage, "'--timeout' needs a value"},
      {"ConfigFlagWithoutValue", {"snapshot", "--config"}, k_usage, "'--config' needs a value"},
      {"EmptyTimeout", {"snapshot", "--timeout", ""}, k_usage, "--timeout"},
      {"TimeoutWithoutUnit", {"snapshot", "--timeout", "abc"}, k_usage, "abc"},
      {"TimeoutOfUnknownUnit", {"snapshot", "--timeout", "5parsecs"}, k_usage, "5parsecs"},
      {"NegativeTimeout", {"snapshot", "--timeout=-5m"}, k_usage, "-5m"},
      {"HugeTimeout", {"snapshot", "--timeout", "999999999999999999999h"}, k_usage, "--timeout"},
      {"NegativeRetries", {"snapshot", "--retries=-1"}, k_usage, "-1"},
      {"RetriesNoNumber", {"snapshot", "--retries", "some"}, k_usage, "some"},
      {"ParallelZero", {"snapshot", "--parallel", "0"}, k_usage, "1"},
      {"ParallelTooMany", {"snapshot", "--parallel", "100000"}, k_usage, "64"},
      {"UnknownLogLevel", {"snapshot", "--log-level", "loud"}, k_usage, "loud"},
      {"UnknownLogFormat", {"snapshot", "--log-format", "xml"}, k_usage, "json"},
      {"WaitNoDuration", {"snapshot", "--wait", "soon"}, k_usage, "soon"},
      {"SignInWaitNoDuration", {"snapshot", "--sign-in-wait", "soon"}, k_usage, "soon"},
      {"SwitchWithValue", {"snapshot", "--dry-run=maybe"}, k_usage, "--dry-run"},
      {"InitOfUnknownEngine", {"init", "--engine", "oracle"}, k_usage, "mongodb"},
      {"ArgumentBeforeTheVerb", {"syrf", "snapshot"}, k_usage, "syrf"},
      {"FlagOfServe", {"snapshot", "--listen", ":80"}, k_usage, "--listen"},
  };
}

Arguments plan(const Arguments& more) {
  Arguments all{"pr", "plan"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::vector<Case> pull_requests() {
  return {
      {"GroupAlone", {"pr"}, k_usage, "'pr' needs one of plan"},
      {"GroupWithUnknownWord", {"pr", "plna", "7"}, k_usage, "did you mean 'tidegate pr plan'"},
      {"GroupWithNumber", {"pr", "7"}, k_usage, "not '7'"},
      {"HelpOfUnknownWord", {"help", "pr", "plna"}, k_usage, "pr plan"},
      {"PlanWithoutNumber", plan({"--database", "none"}), k_usage, "'pr plan' needs [DB/]N"},
      {"PlanOfLeadingZero", plan({"042", "--database", "none"}), k_usage, "'042' is no number"},
      {"PlanOfZero", plan({"0", "--database", "none"}), k_usage, "'0' is no number"},
      {"PlanOfNoNumber", plan({"pr-seven", "--database", "none"}), k_usage, "such as 42"},
      {"PlanOfUnknownDatabase", plan({"syfr/7", "--database", "none"}), k_not_found, "'syrf'"},
      {"PlanWithoutDatabase", plan({"7"}), k_usage, "needs --database"},
      {"PlanOfOddDatabase", plan({"7", "--database", "sed"}), k_usage, "did you mean 'seed'"},
      {"PlanOfOddState", plan({"7", "--database", "none", "--state", "opne"}), k_usage,
       "did you mean 'open'"},
      {"PlanWithEmptyLabel", plan({"7", "--database", "none", "--labels", "a,,b"}), k_usage,
       "an empty name"},
      {"PlanWithLabelTwice", plan({"7", "--database", "none", "--labels", "preview,Preview"}),
       k_usage, "'Preview' twice"},
      {"PlanWithControlInLabel", plan({"7", "--database", "none", "--labels", "a\nb"}), k_usage,
       "no label has"},
      {"PlanWithOddCommit", plan({"7", "--database", "none", "--commit", "a b"}), k_usage, "'a b'"},
      {"SaidIsNoJson", plan({"7", "--database", "none", "--said", "{"}), k_usage, "no JSON"},
      {"SaidIsNoObject", plan({"7", "--database", "none", "--said", "[]"}), k_usage,
       "no JSON object"},
      {"SaidHasUnknownKey", plan({"7", "--database", "none", "--said", R"({"comit": ""})"}),
       k_usage, "'comit'"},
      {"SaidHasWrongValue", plan({"7", "--database", "none", "--said", R"({"locked": "yes"})"}),
       k_usage, "'locked'"},
      {"LabelOfTwoMeanings",
       plan({"7", "--database", "none"}),
       k_config,
       "another label's name",
       {{"databases:", "github: {labels: {lock: preview}}\ndatabases:"}}},
  };
}

std::vector<Case> targets() {
  return {
      {"UnknownTarget", {"restore", "stagin"}, k_not_found, "did you mean 'staging'"},
      {"DatabaseNameInsteadOfTarget", {"restore", "syrf_staging"}, k_not_found, "staging"},
      {"ProductionAsTarget", {"restore", "syrftest"}, k_refused, "it is production"},
      {"ProductionAsDropTarget", {"drop", "syrftest"}, k_refused, "it is production"},
      {"SnapshotAsTarget", {"restore", "snapshot"}, k_usage, "snapshot"},
      {"SnapshotDropped", {"drop", "snapshot"}, k_usage, "snapshot"},
      {"AdminAsTarget", {"drop", "admin"}, k_refused, "the server's own"},
      {"LeadingZero", {"restore", "pr-042"}, k_usage, "pr-042"},
      {"NumberZero", {"restore", "pr-0"}, k_usage, "pr-0"},
      {"NumberMissing", {"restore", "pr-"}, k_usage, "pr-"},
      {"NumberNegative", {"restore", "pr--1"}, k_usage, "pr--1"},
      {"NumberTooLarge", {"restore", "pr-2147483648"}, k_usage, "2147483647"},
      {"NumberFarTooLarge", {"restore", "pr-99999999999999999999"}, k_usage, "2147483647"},
      {"NumberWithSpace", {"restore", "pr-4 2"}, k_usage, "pr-4 2"},
      {"NumberWithPlus", {"restore", "pr-+4"}, k_usage, "pr-+4"},
      {"NumberInHex", {"restore", "pr-0x10"}, k_usage, "pr-0x10"},
      {"UnicodeDigits", {"restore", "pr-\xD9\xA4\xD9\xA2"}, k_usage, "pr-"},
      {"UpperCase", {"restore", "PR-7"}, k_usage, "pr-<number>"},
      {"UnderscoreForDash", {"restore", "syrf_pr_7"}, k_not_found, "pr-7"},
      {"UnknownDatabase", {"snapshot", "syfr"}, k_not_found, "did you mean 'syrf'"},
      {"UnknownDatabaseOfTarget", {"restore", "syfr/pr-1"}, k_not_found, "syrf"},
      {"EmptyDatabaseOfTarget", {"restore", "/pr-1"}, k_not_found, "syrf"},
      {"EmptyTargetOfDatabase", {"restore", "syrf/"}, k_usage, "pr-<number>"},
      {"TwoSlashes", {"restore", "syrf/pr-1/x"}, k_usage, "'pr-1/x'"},
      {"PreviewsNotConfigured",
       {"restore", "pr-1"},
       k_not_found,
       "preview",
       {{"    previews:\n      database: syrf_pr_{number}\n      uri: ${PREVIEW_URI}\n"
         "      timeout: 2s\n      retries: 0\n",
         ""}}},
  };
}

std::vector<Case> files() {
  return {
      {"NoSuchFile",
       {"--config", "/nonexistent/t.yaml", "snapshot"},
       k_config,
       "/nonexistent/t.yaml"},
      {"FileIsADirectory", {"--config", "/tmp", "snapshot"}, k_config, "/tmp"},
      {"EmptyFile", k_check, k_config, "is empty", {{k_good, ""}}},
      {"NotYaml", k_check, k_config, "YAML", {{"databases:", "databases: [unclosed"}}},
      {"TabIndented", k_check, k_config, "tab", {{"  syrf:", "\tsyrf:"}}},
      {"AList", k_check, k_config, "section", {{k_good, "- a\n- b\n"}}},
      {"DatabasesIsAText", k_check, k_config, "databases", {{k_good, "databases: syrf\n"}}},
      {"NoDatabases", k_check, k_config, "databases", {{k_good, "databases: {}\n"}}},
      {"UnknownTopKey",
       k_check,
       k_config,
       "did you mean 'databases'",
       {{"databases:", "database:"}}},
      {"UnknownKey",
       k_check,
       k_config,
       "did you mean 'snapshot'",
       {{"    snapshot:", "    snapshots:"}}},
      {"UnknownKeyNamesItsLine", k_check, k_config, ":9", {{"timeout: 2s", "timout: 2s"}}},
      {"KeyGivenTwice",
       k_check,
       k_config,
       "twice",
       {{"    engine: mongodb", "    engine: mongodb\n    engine: mongodb"}}},
      {"TwoDocuments",
       k_check,
       k_config,
       "second document",
       {{"    protected:", "---\n    protected:"}}},
      {"NotUtf8", k_check, k_config, "UTF-8", {{"syrftest", "syrf\xFFtest"}}},
      {"UnknownEngine", k_check, k_config, "mongodb", {{"engine: mongodb", "engine: oracle"}}},
      {"EngineMissing", k_check, k_config, "engine", {{"    engine: mongodb\n", ""}}},
      {"ProductionMissing",
       k_check,
       k_config,
       "production.database",
       {{"      database: syrftest\n", ""}}},
      {"SnapshotMissing",
       k_check,
       k_config,
       "snapshot.database",
       {{"      database: syrf_snapshot\n", ""}}},
      {"BadTimeout", k_check, k_config, "soon", {{"timeout: 2s", "timeout: soon"}}},
      {"BadRetries", k_check, k_config, "retries", {{"retries: 0", "retries: many"}}},
      {"RetriesNegative", k_check, k_config, "retries", {{"retries: 0", "retries: -1"}}},
      {"BadParallel", k_check, k_config, "parallel", {{"retries: 0", "parallel: 0"}}},
      {"BadConsistency", k_check, k_config, "prefer", {{"retries: 0", "consistency: maybe"}}},
      {"BadSchedule", k_check, k_config, "schedule", {{"retries: 0", "schedule: sometimes"}}},
      {"BadMaxAge", k_check, k_config, "max_age", {{"retries: 0", "max_age: old"}}},
      {"BadBoolean",
       k_check,
       k_config,
       "allow_write_access",
       {{"      database: syrftest",
         "      database: syrftest\n      allow_write_access: perhaps"}}},
      {"IncludeIsASection", k_check, k_config, "include", {{"retries: 0", "include: {a: b}"}}},
      {"BadWait",
       k_check,
       k_config,
       "tries",
       {{"      timeout: 2s\n      retries: 0\n    targets",
         "      wait: {tries: 0}\n    targets"}}},
      {"PatternWithoutNumber", k_check, k_config, "{number}", {{"syrf_pr_{number}", "syrf_pr"}}},
      {"PatternWithTwoNumbers",
       k_check,
       k_config,
       "{number}",
       {{"syrf_pr_{number}", "syrf_{number}_{number}"}}},
      {"PatternTooLong",
       k_check,
       k_config,
       "63",
       {{"syrf_pr_{number}",
         "syrf_a_very_long_name_indeed_that_goes_on_and_on_and_on_x_{number}"}}},
      {"PatternWithSlash", k_check, k_config, "/", {{"syrf_pr_{number}", "syrf/pr_{number}"}}},
      {"PatternMakesProduction",
       k_check,
       k_config,
       "production",
       {{"database: syrftest", "database: syrf_pr_7"}}},
      {"PatternMakesTheSnapshot",
       k_check,
       k_config,
       "snapshot",
       {{"database: syrf_snapshot", "database: syrf_pr_7"}}},
      {"PatternMakesATarget",
       k_check,
       k_config,
       "staging",
       {{"database: syrf_staging", "database: syrf_pr_7"}}},
      {"PatternMakesAProtectedName", k_check, k_config, "syrf_pr_9", {{"syrfdev", "syrf_pr_9"}}},
      {"PatternMakesProductionInAnotherCase",
       k_check,
       k_config,
       "production",
       {{"database: syrftest", "database: SYRF_PR_7"}}},
      {"SnapshotIsProduction", k_check, k_config, "production", {{"syrf_snapshot", "syrftest"}}},
      {"SnapshotIsProductionInAnotherCase",
       k_check,
       k_config,
       "production",
       {{"syrf_snapshot", "SyrfTest"}}},
      {"TargetIsProduction", k_check, k_config, "production", {{"syrf_staging", "syrftest"}}},
      {"TargetIsTheSnapshot",
       k_check,
       k_config,
       "one database",
       {{"syrf_staging", "syrf_snapshot"}}},
      {"TargetIsAdmin", k_check, k_config, "server itself", {{"syrf_staging", "admin"}}},
      {"SnapshotIsLocal", k_check, k_config, "server itself", {{"syrf_snapshot", "local"}}},
      {"TargetNamedLikeAPreview", k_check, k_config, "pr-5", {{"staging:", "pr-5:"}}},
      {"TargetNamedSnapshot", k_check, k_config, "snapshot", {{"staging:", "snapshot:"}}},
      {"NameTooLong", k_check, k_config, "63", {{"syrf_snapshot", std::string(64, 'x')}}},
      {"NameWithDot", k_check, k_config, "syrf.snapshot", {{"syrf_snapshot", "syrf.snapshot"}}},
      {"NameWithDollar", k_check, k_config, "$", {{"syrf_snapshot", "syrf$snapshot"}}},
      {"NameWithSpace",
       k_check,
       k_config,
       "syrf snapshot",
       {{"syrf_snapshot", "\"syrf snapshot\""}}},
      {"NameEmpty", k_check, k_config, "database", {{"syrf_snapshot", "\"\""}}},
      {"ProtectedIsNoName", k_check, k_config, "a b", {{"syrfdev", "\"a b\""}}},
      {"DatabaseNameWithSlash", k_check, k_config, "sy/rf", {{"  syrf:", "  sy/rf:"}}},
  };
}

std::vector<Case> values() {
  const Environment no_producer = {{"PRODUCER_URI", ""}};
  return {
      {"VariableMissing",
       {"restore", "pr-1"},
       k_config,
       "NOT_SET_ANYWHERE",
       {{"${PREVIEW_URI}", "${NOT_SET_ANYWHERE}"}}},
      {"VariableMissingNamesItsKey",
       {"restore", "pr-1"},
       k_config,
       "previews.uri",
       {{"${PREVIEW_URI}", "${NOT_SET_ANYWHERE}"}}},
      {"VariableMissingNamesItsLine",
       {"restore", "pr-1"},
       k_config,
       ":13",
       {{"${PREVIEW_URI}", "${NOT_SET_ANYWHERE}"}}},
      {"VariableUnclosed",
       {"restore", "pr-1"},
       k_config,
       "${",
       {{"${PREVIEW_URI}", "\"${PREVIEW_URI\""}}},
      {"VariableEmpty", {"snapshot"}, k_config, "PRODUCER_URI", {}, no_producer},
      {"NoConnectionString",
       {"restore", "pr-1"},
       k_config,
       "previews.uri",
       {{"      uri: ${PREVIEW_URI}\n", ""}}},
      {"UriOfAnotherKind",
       {"snapshot"},
       k_config,
       "mongodb://",
       {{"${PRODUCER_URI}", "http://127.0.0.1/"}}},
      {"UriOfPostgresql",
       {"snapshot"},
       k_config,
       "production.uri",
       {{"${PRODUCER_URI}", "postgresql://127.0.0.1/"}}},
      {"UriWithoutHost",
       {"snapshot"},
       k_config,
       "production.uri",
       {{"${PRODUCER_URI}", "mongodb://"}}},
      {"UriWithBadPort",
       {"snapshot"},
       k_config,
       "production.uri",
       {{"${PRODUCER_URI}", "mongodb://127.0.0.1:99999999/"}}},
      {"UriWithUnescapedPassword",
       {"snapshot"},
       k_config,
       "nothing needs escaping",
       {{"${PRODUCER_URI}", "mongodb://u:p@ss/w@127.0.0.1/"}}},
      {"UriAndItsFile",
       {"snapshot"},
       k_config,
       "uri_file",
       {{"      uri: ${PRODUCER_URI}", "      uri: ${PRODUCER_URI}\n      uri_file: /tmp/x"}}},
      {"UriFileMissing",
       {"snapshot"},
       k_config,
       "/nonexistent/uri",
       {{"uri: ${PRODUCER_URI}", "uri_file: /nonexistent/uri"}}},
      {"UriFileIsADirectory",
       {"snapshot"},
       k_config,
       "/tmp",
       {{"uri: ${PRODUCER_URI}", "uri_file: /tmp"}}},
      {"PasswordWithoutUser",
       {"snapshot"},
       k_config,
       "username",
       {{"uri: ${PRODUCER_URI}",
         "uri: mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300\n      password: abcdef"}}},
      {"EnvironmentHasABadValue",
       {"snapshot"},
       k_config,
       "TIDEGATE_LOG_LEVEL",
       {},
       {{"TIDEGATE_LOG_LEVEL", "loud"}}},
      {"EnvironmentHasABadFormat",
       {"snapshot"},
       k_config,
       "TIDEGATE_LOG_FORMAT",
       {},
       {{"TIDEGATE_LOG_FORMAT", "xml"}}},
      {"EnvironmentNamesNoFile",
       {"snapshot"},
       k_unreachable,
       "127.0.0.1",
       {},
       {{"TIDEGATE_CONFIG", "/nonexistent"}}},
      {"NobodyListens", {"snapshot"}, k_unreachable, "127.0.0.1:9"},
      {"NobodyListensForARestore", {"restore", "pr-1"}, k_unreachable, "127.0.0.1:9"},
      {"JournalCannotBeMade",
       {"snapshot", "--journal", "/nonexistent/journal.db"},
       k_config,
       "/nonexistent"},
      {"ArchiveIsForPostgresql", {"restore", "pr-1", "--from", "x"}, k_usage, "--from"},
  };
}

class BadInput : public ::testing::TestWithParam<Case> {};

TEST_P(BadInput, IsRefusedWithAReasonAndACode) {
  const auto& test = GetParam();
  TempDir directory;
  std::string text = k_good;
  for (const auto& [from, to] : test.changes) {
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << "not in the file: " << from;
    text.replace(at, from.size(), to);
  }
  const auto file = directory.write("tidegate.yaml", text);
  Command command;
  command.argv = {built_program().string()};
  const auto& arguments = test.arguments;
  const bool has_config =
      std::find(arguments.begin(), arguments.end(), "--config") != arguments.end();
  if (!has_config) command.argv.insert(command.argv.end(), {"--config", file.string()});
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.directory = directory.path();
  // Port 9 of the loopback: refused at once.
  const auto uri = "mongodb://user:" + percent_encoded(Flow::k_mark) +
                   "@127.0.0.1:9/?serverSelectionTimeoutMS=300";
  command.env = test.environment;
  for (const char* name : {"PRODUCER_URI", "PREVIEW_URI", "STAGING_URI"}) {
    command.env.try_emplace(name, uri);
  }
  const auto outcome = run(command, directory.path(), 30s);
  EXPECT_EQ(outcome.exit_code, test.exit_code) << outcome;
  EXPECT_NE(outcome.err.find("tidegate: error: "), std::string::npos) << outcome;
  EXPECT_NE(outcome.err.find(test.says), std::string::npos) << "not said: " << test.says << '\n'
                                                            << outcome;
  EXPECT_EQ(outcome.out, "") << "a result on standard output";
  EXPECT_EQ(outcome.err.find("internal"), std::string::npos) << outcome;
  Flow::expect_no_secret(outcome.all());

  command.argv.insert(command.argv.begin() + 1, "--json");
  const auto as_json = run(command, directory.path(), 30s);
  EXPECT_EQ(as_json.exit_code, test.exit_code) << as_json;
  const auto error = as_json.json().value("error", Json::object());
  EXPECT_EQ(error.value("exit_code", -1), test.exit_code) << as_json;
  for (const char* field : {"kind", "message", "hint", "run"}) {
    EXPECT_TRUE(error.contains(field)) << field << '\n' << as_json;
  }
  Flow::expect_no_secret(as_json.all());
}

std::string name_of(const ::testing::TestParamInfo<Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(CommandLine, BadInput, ::testing::ValuesIn(command_lines()), name_of);
INSTANTIATE_TEST_SUITE_P(PullRequest, BadInput, ::testing::ValuesIn(pull_requests()), name_of);
INSTANTIATE_TEST_SUITE_P(Target, BadInput, ::testing::ValuesIn(targets()), name_of);
INSTANTIATE_TEST_SUITE_P(File, BadInput, ::testing::ValuesIn(files()), name_of);
INSTANTIATE_TEST_SUITE_P(Value, BadInput, ::testing::ValuesIn(values()), name_of);

TEST(BadInputTable, HasAHundredCases) {
  EXPECT_GE(command_lines().size() + targets().size() + files().size() + values().size(), 100U);
}

}  // namespace
}  // namespace tidegate::test
