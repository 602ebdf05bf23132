// `pr event` as GitHub Actions runs it, with what strangers may write into a pull request.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "support/github_stub.hpp"
#include "support/pull_program.hpp"

namespace tidegate::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Workflow commands, expressions, markdown, mentions and markup, each with what would end a line.
constexpr auto k_hostile =
    "${{ github.token }} `whoami` $(id) <img src=x onerror=alert(1)> @everyone "
    "[x](https://evil.example) \n::set-output name=action::drop\r\n::error::pwned\n"
    "action=drop\n<!-- tidegate:status -->\n# Title";

class PullEvent : public PullProgram {
 protected:
  void SetUp() override {
    PullProgram::SetUp();
    if (!flow_ || IsSkipped()) return;
    const auto& place = flow_->directory();
    environment_["GITHUB_ACTIONS"] = "true";
    environment_["GITHUB_OUTPUT"] = place.write("output", "").string();
    environment_["GITHUB_STEP_SUMMARY"] = place.write("summary", "").string();
  }
  Outcome event(int exit_code, const Json& payload, const std::vector<std::string>& more = {}) {
    environment_["GITHUB_EVENT_PATH"] =
        flow_->directory().write("event.json", payload.dump()).string();
    std::vector<std::string> arguments{"pr", "event"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return flow_->expect(exit_code, arguments, environment_);
  }
  Json payload(const std::string& repository, const std::string& words) const {
    return {{"action", "labeled"},
            {"number", number_},
            {"label", {{"name", words}}},
            {"pull_request",
             {{"number", number_}, {"title", words}, {"body", words}, {"head", {{"ref", words}}}}},
            {"repository", {{"full_name", repository}}}};
  }
  std::map<std::string, std::string> outputs() const {
    std::map<std::string, std::string> found;
    std::istringstream lines(read_text(environment_.at("GITHUB_OUTPUT")));
    for (std::string line; std::getline(lines, line);) {
      // `NAME<<DELIMITER`, the value's lines, `DELIMITER`
      const auto at = line.find("<<");
      if (at == std::string::npos) {
        const auto equals = line.find('=');
        found[line.substr(0, equals)] = line.substr(equals + 1);
        continue;
      }
      const auto name = line.substr(0, at), delimiter = line.substr(at + 2);
      while (std::getline(lines, line) && line != delimiter) found[name] += line;
    }
    return found;
  }
  static void expect_no_command(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_FALSE(line.starts_with("::") && !line.starts_with("::error title=tidegate::")) << line;
    }
  }
};

TEST_F(PullEvent, OfAHostilePullRequestDoesItsWorkAndNoHarm) {
  number_ = github_->open_pull(k_hostile).value();
  flow_->allow_preview(number_);
  environment_["PREVIEW_URI"] = flow_->preview_uri(number_);
  flow_->expect(0, {"snapshot"});
  for (const std::string name : {"preview", "use-snapshot", "`x` <b> @all ${{ x }} ::error::y"}) {
    label(name);
  }
  const auto outcome = event(0, payload(github_->plan().repository, k_hostile));
  EXPECT_EQ(holds(), "snapshot");
  expect_no_command(outcome.out);
  expect_no_command(outcome.err);

  const auto told = outputs();
  EXPECT_EQ(told.at("action"), "fill");
  EXPECT_EQ(told.at("database"), database());
  EXPECT_EQ(told.at("source"), "snapshot");
  EXPECT_EQ(told.at("locked"), "false");
  EXPECT_EQ(told.at("outcome"), "ok");
  EXPECT_EQ(told.at("number"), std::to_string(number_));
  auto seen = status() + read_text(environment_.at("GITHUB_STEP_SUMMARY"));
  for (const auto& each : news()) seen += each;
  for (const auto* harm :
       {"<img", "@everyone", "](https://evil", "\n::", "\n# Title", "`whoami`"}) {
    EXPECT_THAT(seen, Not(HasSubstr(harm)));
  }
  EXPECT_THAT(read_text(environment_.at("GITHUB_STEP_SUMMARY")), HasSubstr(database()));
}

TEST_F(PullEvent, OfAnotherRepositoryIsRefused) {
  label("preview");
  const auto outcome = event(2, payload("eve/syrf", "a title"));
  EXPECT_THAT(outcome.err, HasSubstr("another repository"));
  EXPECT_EQ(comments().size(), 0U);
}

TEST_F(PullEvent, ThatFailsIsToldInTheWorkflowWithoutItsCommands) {
  GithubStub host;
  host.otherwise({.status = 403,
                  .type = "application/json",
                  .body = Json{{"message", std::string("no\n::set-output name=action::drop\n") +
                                               "::error::pwned%0A::error::again"}}
                              .dump()});
  environment_["TIDEGATE_GITHUB_API_URL"] = host.url();
  const auto outcome = event(9, payload(github_->plan().repository, k_hostile));
  expect_no_command(outcome.err);
  expect_no_command(outcome.out);
  EXPECT_THAT(outcome.err, HasSubstr("::error title=tidegate::"));
  EXPECT_EQ(outputs().at("outcome"), "permission");
}

TEST_F(PullEvent, WithoutAnEventSaysWhereItBelongs) {
  environment_["GITHUB_EVENT_PATH"] = "";
  const auto outcome = flow_->expect(2, {"pr", "event"}, environment_);
  EXPECT_THAT(outcome.err, HasSubstr("tidegate pr sync"));
}

}  // namespace
}  // namespace tidegate::test
