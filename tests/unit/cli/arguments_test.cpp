#include "cli/parse/arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "cli/parse/completion.hpp"
#include "cli/parse/flags.hpp"
#include "cli/parse/help.hpp"
#include "cli/terminal/failure.hpp"
#include "cli/terminal/question.hpp"

namespace tidegate::cli {
namespace {

using ::testing::HasSubstr;

Error failure_of(const std::vector<std::string>& arguments) {
  try {
    parse_arguments(arguments);
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::internal, "no failure");
}

TEST(Arguments, TakeGlobalFlagsBeforeAndAfterTheCommand) {
  for (const auto& line :
       std::vector<std::vector<std::string>>{{"--json", "--timeout", "5m", "restore", "pr-1"},
                                             {"restore", "pr-1", "--timeout=5m", "--json"},
                                             {"--json", "restore", "--timeout", "5m", "pr-1"}}) {
    const auto invocation = parse_arguments(line);
    EXPECT_EQ(invocation.command->name, "restore");
    EXPECT_EQ(invocation.arguments, std::vector<std::string>{"pr-1"});
    EXPECT_EQ(invocation.value("--timeout"), "5m");
    EXPECT_TRUE(invocation.has("--json"));
  }
}

TEST(Arguments, LetTheLastOfTwoValuesCount) {
  EXPECT_EQ(parse_arguments({"--timeout", "5m", "snapshot", "--timeout", "6m"}).value("--timeout"),
            "6m");
}

TEST(Arguments, GiveConfigOnlyTheFlagsOfItsTable) {
  const auto flags = parse_arguments({"init", "--output", "x.yaml", "--dry-run"}).option_flags();
  EXPECT_EQ(flags, (std::map<std::string, std::string>{{"--dry-run", "true"}}));
}

TEST(Arguments, TakeAnOptionalNumberOfRuns) {
  EXPECT_EQ(parse_arguments({"status", "--runs", "5"}).value("--runs"), "5");
  EXPECT_EQ(parse_arguments({"status", "--runs"}).value("--runs"), "true");
  const auto named = parse_arguments({"status", "--runs", "syrf"});
  EXPECT_EQ(named.value("--runs"), "true");
  EXPECT_EQ(named.arguments, std::vector<std::string>{"syrf"});
}

TEST(Arguments, AreNothingWithoutACommand) {
  EXPECT_EQ(parse_arguments({}).command, nullptr);
  EXPECT_TRUE(parse_arguments({"restore", "--help"}).help);
  EXPECT_TRUE(parse_arguments({"--version"}).version);
}

TEST(Arguments, SayWhatWasMeant) {
  const std::vector<std::tuple<std::vector<std::string>, std::string, std::string>> cases{
      {{"snapsho"}, "unknown command 'snapsho'", "did you mean 'tidegate snapshot'?"},
      {{"xyzzy"}, "unknown command 'xyzzy'", "'tidegate help' lists the commands"},
      {{"snapshot", "--jsn"}, "unknown flag '--jsn'", "did you mean '--json'?"},
      {{"snapshot", "--commit", "x"},
       "'--commit' is no flag of 'snapshot'",
       "it belongs to 'restore', 'drop', 'render', 'pr plan', 'gitops'"},
      {{"restore"}, "'restore' needs [DB/]TARGET", "'tidegate restore --help' shows what it takes"},
      {{"restore", "pr-1", "pr-2"},
       "'restore' takes no argument 'pr-2'",
       "'tidegate restore --help' shows what it takes"},
      {{"restore", ""},
       "an argument of 'restore' is empty",
       "is a variable of your script not set?"},
      {{"config", "shwo"},
       "'config' takes show, check, schema, not 'shwo'",
       "did you mean 'show'?"},
      {{"init", "--engine", "mongo"},
       "flag '--engine' takes mongodb, postgresql, not 'mongo'",
       "did you mean 'mongodb'?"},
      {{"snapshot", "--timeout"},
       "flag '--timeout' needs a value",
       "'tidegate snapshot --help' shows what it takes"},
      {{"snapshot", "--dry-run=maybe"},
       "'--dry-run = maybe' is a switch, and takes no such value",
       "'tidegate snapshot --help' shows what it takes"},
  };
  for (const auto& [line, message, hint] : cases) {
    const auto error = failure_of(line);
    EXPECT_EQ(error.kind(), ErrorKind::usage) << message;
    EXPECT_EQ(error.message(), message);
    EXPECT_EQ(error.hint(), hint);
  }
}

TEST(Arguments, TakeCommandsOfTwoWords) {
  for (const auto& line : std::vector<std::vector<std::string>>{
           {"pr", "plan", "7", "--json", "--labels", "a,b", "--database", "none"},
           {"--json", "pr", "--labels", "a,b", "plan", "--database=none", "7"}}) {
    const auto invocation = parse_arguments(line);
    EXPECT_EQ(invocation.command->name, "pr plan");
    EXPECT_EQ(invocation.arguments, std::vector<std::string>{"7"});
    EXPECT_EQ(invocation.value("--labels"), "a,b");
    EXPECT_TRUE(invocation.has("--json"));
  }
  const auto group = parse_arguments({"pr", "--help"});
  EXPECT_EQ(group.command, nullptr);
  EXPECT_EQ(group.group->name, "pr");
  EXPECT_EQ(failure_of({"pr"}).message(), "'pr' needs one of plan, sync, event");
  EXPECT_EQ(failure_of({"pr", "plna", "7"}).hint(), "did you mean 'tidegate pr plan'?");
  EXPECT_EQ(failure_of({"plan"}).message(), "unknown command 'plan'");
}

TEST(Arguments, EndTheFlagsAtTwoDashes) {
  const auto invocation = parse_arguments({"restore", "--json", "--", "--yes"});
  EXPECT_EQ(invocation.arguments, std::vector<std::string>{"--yes"});
  EXPECT_FALSE(invocation.has("--yes"));
  EXPECT_EQ(failure_of({"--", "restore", "pr-1"}).message(), "unknown command 'restore'");
}

TEST(Arguments, TakeAValueThatBeginsWithADash) {
  EXPECT_EQ(parse_arguments({"restore", "pr-1", "--commit", "-x"}).value("--commit"), "-x");
  EXPECT_EQ(parse_arguments({"restore", "pr-1", "--commit=-x=y"}).value("--commit"), "-x=y");
  EXPECT_EQ(failure_of({"snapshot", "--retries", "-1"}).message(),
            "flag '--retries': expected a whole number from 0 to 100, such as 0, found '-1'");
  EXPECT_EQ(parse_arguments({"verify", "-"}).arguments, std::vector<std::string>{"-"});
}

TEST(Arguments, RefuseShortFlagsButHelp) {
  EXPECT_TRUE(parse_arguments({"restore", "-h"}).help);
  for (const auto* word : {"-abc", "-j", "-5", "-hj", "--jso", "-json"}) {
    EXPECT_EQ(failure_of({"restore", "pr-1", word}).message(),
              "unknown flag '" + std::string(word) + "'");
  }
}

TEST(Arguments, TakeAnEmptyValueBehindAnEqualsSign) {
  EXPECT_EQ(failure_of({"restore", "--commit=", "pr-1"}).message(),
            "flag '--commit' has an empty value");
  EXPECT_EQ(parse_arguments({"pr", "plan", "7", "--labels=", "--json"}).value("--labels"), "");
}

TEST(Arguments, TurnASwitchOffAgain) {
  EXPECT_FALSE(parse_arguments({"--json", "snapshot", "--json=off"}).has("--json"));
  EXPECT_TRUE(parse_arguments({"snapshot", "--json=false", "--json=yes"}).has("--json"));
  EXPECT_EQ(failure_of({"--json=maybe", "snapshot"}).hint(),
            "'tidegate snapshot --help' shows what it takes");
}

TEST(Arguments, AreNoWordBeforeTheCommand) {
  EXPECT_EQ(failure_of({"prod", "restore", "pr-1"}).message(),
            "unexpected argument 'prod' before the command 'restore'");
  EXPECT_EQ(failure_of({"pr", "7", "plan"}).message(),
            "unexpected argument '7' before the command 'pr plan'");
}

TEST(Arguments, LeaveTheCommandToAFlagWhoseValueIsOptional) {
  const auto invocation = parse_arguments({"--runs", "status", "snapshot"});
  EXPECT_EQ(invocation.command->name, "status");
  EXPECT_EQ(invocation.value("--runs"), "true");
  EXPECT_EQ(invocation.arguments, std::vector<std::string>{"snapshot"});
  EXPECT_EQ(parse_arguments({"--runs", "5", "status"}).value("--runs"), "5");
}

TEST(Arguments, TakeAFlagByTheNameItHadBefore) {
  EXPECT_TRUE(parse_arguments({"drop", "pr-1", "--going"}).has("--best-effort"));
  EXPECT_EQ(failure_of({"restore", "pr-1", "--going"}).message(),
            "'--best-effort' is no flag of 'restore'");
  EXPECT_THAT(command_help(*find_command("drop")), testing::Not(HasSubstr("--going")));
  EXPECT_THAT(bash_completion(), testing::Not(HasSubstr("--going")));
}

TEST(Arguments, KeepEveryValueOfAFlagThatMayBeRepeated) {
  const auto invocation = parse_arguments({"render", "--set", "a=1,2", "--set=b=\x1f"});
  EXPECT_EQ(invocation.all("--set"), (std::vector<std::string>{"a=1,2", "b=\x1f"}));
}

TEST(Arguments, TakeAnEmptyValueWhereThereMayBeNone) {
  EXPECT_EQ(parse_arguments({"pr", "plan", "7", "--labels", ""}).value("--labels"), "");
  EXPECT_EQ(failure_of({"pr", "plan", "7", "--database", ""}).message(),
            "flag '--database' has an empty value");
}

TEST(Arguments, CheckValuesByTheOptionTable) {
  const auto error = failure_of({"snapshot", "--timeout", "soon"});
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_THAT(error.message(), HasSubstr("'--timeout'"));
  EXPECT_THAT(error.message(), HasSubstr("'soon'"));
}

TEST(Commands, AreFoundByTheirNamesAndHaveAFunction) {
  for (const auto& command : commands()) {
    EXPECT_EQ(find_command(command.name), &command) << command.name;
    EXPECT_NE(command.run, nullptr) << command.name;
  }
}

TEST(Completion, NamesEveryCommandAndFlag) {
  for (const auto& script : {bash_completion(), zsh_completion(), fish_completion()}) {
    for (const auto& command : commands()) {
      // Of two words fish asks one by one.
      const auto name = std::string(command.name);
      EXPECT_THAT(script, HasSubstr(name.substr(name.find(' ') + 1)));
      for (const auto& flag : flags_of(command)) {
        EXPECT_THAT(script, HasSubstr(flag.name.substr(2))) << command.name;
      }
    }
  }
}

TEST(Help, NamesEveryCommandAndFitsTheTerminal) {
  const auto fits = [](const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 100) << line;
  };
  for (const auto& command : commands()) {
    EXPECT_THAT(full_help(), HasSubstr("\n  " + std::string(command.name)));
    EXPECT_THAT(command_help(command), HasSubstr("usage: tidegate " + std::string(command.name)));
    fits(command_help(command));
  }
  fits(full_help());
  fits(short_help());
  fits(errors_help());
}

TEST(Help, TellsEveryKindOfError) {
  for (const auto& row : k_error_kinds) {
    EXPECT_THAT(errors_help(), HasSubstr(std::string(row.name)));
    EXPECT_THAT(errors_help(), HasSubstr(std::to_string(row.exit_code)));
  }
}

TEST(Failure, SaysHintAndContextOnce) {
  EXPECT_EQ(
      error_text(Error(ErrorKind::config, "wrong (a.yaml:3)\nand more", "do\nthis", "a.yaml:3")),
      "tidegate: error: wrong (a.yaml:3)\n  and more\n  hint: do\n        this");
  EXPECT_EQ(error_text(Error(ErrorKind::config, "wrong", "", "a.yaml:3 key")),
            "tidegate: error: wrong\n  at: a.yaml:3 key");
}

TEST(Failure, IsFoldedBetweenWordsWhereThereIsAWidth) {
  const Error error(ErrorKind::config, "one two three four", "do this and that as well");
  EXPECT_EQ(error_text(error, 26),
            "tidegate: error: one two\n  three four\n  hint: do this and\n        that as well");
}

TEST(Failure, HasTheContractsFieldsAsJson) {
  const auto json = nlohmann::json::parse(
      error_json(Error(ErrorKind::refused, "no \xFF", "ask"), "20261122T030004-7f3a92c1"));
  EXPECT_EQ(json["error"]["kind"], "refused");
  EXPECT_EQ(json["error"]["hint"], "ask");
  EXPECT_EQ(json["error"]["exit_code"], 4);
  EXPECT_EQ(json["error"]["run"], "20261122T030004-7f3a92c1");
}

TEST(Failure, IsJsonWhereverTheFlagStands) {
  EXPECT_EQ(error_form({"snapsho", "--json"}, {}), ErrorForm::json);
  EXPECT_EQ(error_form({"snapshot"}, {{"TIDEGATE_JSON", "yes"}}), ErrorForm::json);
  EXPECT_EQ(error_form({"restore", "--", "--json"}, {}), ErrorForm::text);
  EXPECT_EQ(error_form({}, {{"TIDEGATE_JSON", "0"}}), ErrorForm::text);
}

TEST(Failure, IsALineOfTheLogWhereTheLogIsJson) {
  EXPECT_EQ(error_form({"snapsho", "--log-format", "json"}, {}), ErrorForm::log_line);
  EXPECT_EQ(error_form({"snapshot", "--log-format=json"}, {}), ErrorForm::log_line);
  EXPECT_EQ(error_form({"snapshot"}, {{"TIDEGATE_LOG_FORMAT", "json"}}), ErrorForm::log_line);
  EXPECT_EQ(error_form({"--log-format", "text"}, {{"TIDEGATE_LOG_FORMAT", "json"}}),
            ErrorForm::text);
  EXPECT_EQ(error_form({"--log-format", "json", "--json"}, {}), ErrorForm::json);
  EXPECT_EQ(error_form({"--log-format"}, {}), ErrorForm::text);

  Redactor redactor;
  redactor.learn(Secret("pass word"));
  const auto line = error_line(Error(ErrorKind::refused, "no\npass word", "ask", "a.yaml:3"),
                               "20261122T030004-7f3a92c1", redactor);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["level"], "error");
  EXPECT_EQ(json["message"], "no\n***");
  EXPECT_EQ(json["kind"], "refused");
  EXPECT_EQ(json["exit_code"], "4");
  EXPECT_EQ(json["hint"], "ask");
  EXPECT_EQ(json["context"], "a.yaml:3");
  EXPECT_EQ(json["run"], "20261122T030004-7f3a92c1");
}

TEST(Failure, ThatNobodyThoughtOfIsABugToReport) {
  const auto error = unexpected(std::runtime_error("boom"));
  EXPECT_EQ(error.exit_code(), 1);
  EXPECT_THAT(error.hint(), HasSubstr("report it"));
}

TEST(Question, TakesOnlyAYesForYes) {
  for (const auto* yes : {"y", "Y", "yes", " yes ", "yes\r"}) EXPECT_TRUE(means_yes(yes)) << yes;
  for (const auto* no : {"", "n", "no", "yesterday", "ye"}) EXPECT_FALSE(means_yes(no)) << no;
}

}  // namespace
}  // namespace tidegate::cli
