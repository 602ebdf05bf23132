#include "forge/github/github.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/utc.hpp"
#include "support/fake_clock.hpp"
#include "support/github_stub.hpp"

namespace tidegate::forge::github {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr auto k_token = "ghp_marked-token-4711";

std::string pull(int number, const std::string& more = "") {
  return fmt::format(
      R"({{"number": {}, "state": "open", "draft": false, "labels": [{{"name": "preview"}}],
          "head": {{"sha": "c{}", "ref": "feature", "repo": {{"full_name": "o/r"}}}},
          "base": {{"repo": {{"full_name": "o/r"}}}}, "user": {{"login": "ada"}},
          "title": "t"{}}})",
      number, number, more);
}

class Github : public testing::Test {
 protected:
  std::unique_ptr<Forge> forge(std::optional<AppCredential> app = std::nullopt) {
    ForgePlan plan;
    plan.repository = "o/r";
    plan.api_url = host.url();
    if (!app) plan.token = Secret(k_token);
    plan.app = std::move(app);
    return connect(plan);
  }
  tidegate::Run& run(std::optional<std::chrono::milliseconds> limit = std::nullopt) {
    run_.emplace("r1", clock, log, progress, stop.get_token(), limit);
    return *run_;
  }
  Error failure(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      EXPECT_THAT(error.message() + error.hint(), Not(HasSubstr(k_token)));
      return error;
    }
    ADD_FAILURE() << "it went well";
    return {ErrorKind::internal, "", ""};
  }
  Error failure_of(const http::Outgoing& answer) {
    host.answer("GET /repos/o/r/pulls/7", answer);
    return failure([&] { forge()->pull_request(run(), number(7)); });
  }
  static PullNumber number(int value) { return *PullNumber::parse(std::to_string(value)); }

  test::GithubStub host;
  test::FakeClock clock;
  std::vector<std::string> lines;
  Redactor redactor;
  Log log{LogLevel::info, LogFormat::text, redactor,
          [this](std::string_view line) { lines.emplace_back(line); }};
  SilentProgress progress;
  std::stop_source stop;
  std::optional<tidegate::Run> run_;
};

TEST_F(Github, ReadsAPullRequest) {
  host.answer("GET /repos/o/r/pulls/7", pull(7));
  const auto read = forge()->pull_request(run(), number(7));
  EXPECT_EQ(read.number, number(7));
  EXPECT_EQ(read.state, PullState::open);
  EXPECT_EQ(read.commit, "c7");
  EXPECT_FALSE(read.fork);
  EXPECT_THAT(read.labels, ElementsAre("preview"));
  const auto asked = host.asked().at(0);
  EXPECT_EQ(asked.headers.at("authorization"), std::string("Bearer ") + k_token);
  EXPECT_EQ(asked.headers.at("x-github-api-version"), "2022-11-28");
  EXPECT_EQ(asked.headers.at("accept"), "application/vnd.github+json");
  EXPECT_THAT(asked.headers.at("user-agent"), testing::StartsWith("tidegate/"));
}

TEST_F(Github, DistinguishesMergedFromClosedAndForksFromOwnBranches) {
  auto merged = json::parse(pull(7));
  merged["state"] = "closed";
  merged["merged_at"] = merged["closed_at"] = "2026-11-22T03:00:00Z";
  merged["head"]["repo"] = nullptr;  // a fork that is gone
  host.answer("GET /repos/o/r/pulls/7", merged.dump());
  const auto read = forge()->pull_request(run(), number(7));
  EXPECT_EQ(read.state, PullState::merged);
  EXPECT_EQ(read.closed_at, parse_rfc3339("2026-11-22T03:00:00Z"));
  EXPECT_TRUE(read.fork);
}

TEST_F(Github, ReadsAllPagesAHundredAtATime) {
  const auto page = [&](int first, const std::string& next) {
    json list = json::array();
    for (int i = 0; i < 100; ++i) list.push_back(json::parse(pull(first + i)));
    http::Outgoing answer{.type = "application/json", .body = list.dump()};
    if (!next.empty()) {
      answer.headers["Link"] =
          fmt::format(R"(<{0}{1}>; rel="next", <{0}/x>; rel="last")", host.url(), next);
    }
    return answer;
  };
  host.answer("GET /repos/o/r/pulls", page(401, "/repositories/1/pulls?page=2"));
  host.answer("GET /repositories/1/pulls", page(301, "/repositories/1/pulls?page=3"));
  host.answer("GET /repositories/1/pulls", page(201, "/repositories/1/pulls?page=4"));
  host.answer("GET /repositories/1/pulls", page(101, "/repositories/1/pulls?page=5"));
  host.answer("GET /repositories/1/pulls", page(1, ""));
  const auto pulls = forge()->open_pull_requests(run());
  ASSERT_EQ(pulls.size(), 500U);
  EXPECT_EQ(pulls.front().number, number(1));
  EXPECT_EQ(pulls.back().number, number(500));
  EXPECT_EQ(host.asked().size(), 5U);
  EXPECT_THAT(host.asked().at(0).query, HasSubstr("per_page=100"));
}

TEST_F(Github, TakesItsTokenToNoOtherHost) {
  test::GithubStub other;
  other.answer("GET /repos/o/r/pulls/7", pull(7));
  host.answer("GET /repos/o/r/pulls/7",
              {.status = 301, .headers = {{"Location", other.url() + "/repos/o/r/pulls/7"}}});
  EXPECT_EQ(forge()->pull_request(run(), number(7)).commit, "c7");
  EXPECT_EQ(other.asked().at(0).headers.count("authorization"), 0U);

  http::Outgoing page{.type = "application/json", .body = "[]"};
  page.headers["Link"] = fmt::format(R"(<{}/more>; rel="next")", other.url());
  host.answer("GET /repos/o/r/pulls", page);
  EXPECT_EQ(failure([&] { forge()->open_pull_requests(run()); }).kind(), ErrorKind::remote);
  EXPECT_EQ(other.asked().size(), 1U);
}

TEST_F(Github, FollowsARenamedRepository) {
  host.answer("GET /repos/o/r/pulls/7",
              {.status = 301, .headers = {{"Location", "/repositories/9/pulls/7"}}});
  host.answer("GET /repositories/9/pulls/7", pull(7));
  EXPECT_EQ(forge()->pull_request(run(), number(7)).commit, "c7");
  EXPECT_EQ(host.asked().at(1).headers.count("authorization"), 1U);
}

TEST_F(Github, EndsARedirectLoop) {
  EXPECT_EQ(failure_of({.status = 302, .headers = {{"Location", "/repos/o/r/pulls/7"}}}).kind(),
            ErrorKind::remote);
}

TEST_F(Github, WaitsForTheRateLimitAsLongAsGithubSays) {
  host.answer("GET /repos/o/r/pulls/7", {.status = 429, .headers = {{"Retry-After", "17"}}});
  host.answer("GET /repos/o/r/pulls/7",
              {.status = 403,
               .headers = {{"X-RateLimit-Remaining", "0"},
                           {"X-RateLimit-Reset",
                            std::to_string(std::chrono::duration_cast<std::chrono::seconds>(
                                               clock.now().time_since_epoch())
                                               .count() +
                                           17 + 40)}}});
  host.answer(
      "GET /repos/o/r/pulls/7",
      {.status = 403, .body = R"({"message": "You have exceeded a secondary rate limit"})"});
  host.answer("GET /repos/o/r/pulls/7", pull(7));
  EXPECT_EQ(forge()->pull_request(run(), number(7)).commit, "c7");
  ASSERT_EQ(clock.sleeps().size(), 3U);
  EXPECT_EQ(clock.sleeps().at(0), 17s);
  EXPECT_GE(clock.sleeps().at(1), 40s);
  EXPECT_LE(clock.sleeps().at(1), 42s);
  EXPECT_GE(clock.sleeps().at(2), 60s);
  EXPECT_EQ(lines.size(), 3U) << "each is said";
}

TEST_F(Github, DoesNotWaitLongerThanTheRunMayTake) {
  host.answer("GET /repos/o/r/pulls/7", {.status = 429, .headers = {{"Retry-After", "600"}}});
  const auto error = failure([&] { forge()->pull_request(run(60s), number(7)); });
  EXPECT_EQ(error.kind(), ErrorKind::timeout);
  EXPECT_THAT(error.message(), HasSubstr("rate limit"));
  EXPECT_THAT(clock.sleeps(), IsEmpty());
}

TEST_F(Github, RetriesWhenGithubFails) {
  host.answer("GET /repos/o/r/pulls/7", {.status = 502, .type = "text/html", .body = "<html>"});
  host.answer("GET /repos/o/r/pulls/7", {.status = 503});
  host.answer("GET /repos/o/r/pulls/7", pull(7));
  EXPECT_EQ(forge()->pull_request(run(), number(7)).commit, "c7");
  EXPECT_EQ(clock.sleeps().size(), 2U);
}

TEST_F(Github, NeverRepeatsAPost) {
  host.answer("POST /repos/o/r/issues/7/comments", {.status = 502});
  EXPECT_EQ(failure([&] { forge()->add_comment(run(), number(7), "hello"); }).kind(),
            ErrorKind::unreachable);
  EXPECT_EQ(host.asked().size(), 1U);
}

TEST_F(Github, UsesNoQuotaForUnchangedAnswers) {
  host.answer("GET /repos/o/r/pulls/7",
              {.type = "application/json", .body = pull(7), .headers = {{"ETag", "\"v1\""}}});
  host.answer("GET /repos/o/r/pulls/7", {.status = 304});
  const auto one = forge();
  EXPECT_EQ(one->pull_request(run(), number(7)).commit, "c7");
  EXPECT_EQ(one->pull_request(run(), number(7)).commit, "c7");
  EXPECT_EQ(host.asked().at(1).headers.at("if-none-match"), "\"v1\"");
}

TEST_F(Github, NamesWhatTheTokenLacks) {
  const auto missing = failure_of({.status = 404, .body = R"({"message": "Not Found"})"});
  EXPECT_EQ(missing.kind(), ErrorKind::permission);
  EXPECT_EQ(missing.message(), "GitHub: GET /repos/o/r/pulls/7: 404 (Not Found)");
  EXPECT_EQ(failure_of({.status = 401}).kind(), ErrorKind::permission);
  EXPECT_EQ(failure_of({.status = 403, .body = R"({"message": "Resource not accessible"})"}).kind(),
            ErrorKind::permission);
}

TEST_F(Github, ReportsAnAnswerOfAnotherServer) {
  const auto html = failure_of({.type = "text/html", .body = "<html>captive portal</html>"});
  EXPECT_EQ(html.kind(), ErrorKind::remote);
  EXPECT_THAT(html.message(), HasSubstr("not JSON (text/html"));
}

TEST_F(Github, RefusesJsonThatIsDeeperThanAnyoneNeeds) {
  const std::string deep(100'000, '[');
  EXPECT_EQ(failure_of({.type = "application/json", .body = deep}).kind(), ErrorKind::remote);
}

TEST_F(Github, RefusesAnAnswerThatIsNotAPullRequest) {
  for (const auto* body : {"{}", "[]", "null", R"({"number": "7", "state": 3, "head": []})"}) {
    host.answer("GET /repos/o/r/pulls/8", body);
  }
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(failure([&] { forge()->pull_request(run(), number(8)); }).kind(), ErrorKind::remote);
  }
}

TEST_F(Github, RefusesAnAnswerWithoutLabels) {
  for (const std::string labels : {R"("labels": null)", R"("labels": [{"id": 1}])",
                                   R"("labels": "preview")", R"("state": "hidden")"}) {
    auto text = nlohmann::json::parse(pull(7));
    text.update(nlohmann::json::parse("{" + labels + "}"));
    host.otherwise({.type = "application/json", .body = text.dump()});
    EXPECT_EQ(failure([&] { forge()->pull_request(run(), number(7)); }).kind(), ErrorKind::remote)
        << labels;
  }
}

TEST_F(Github, DoesNotWaitForALimitThatNeverEnds) {
  host.answer("GET /repos/o/r/pulls/7",
              {.status = 403,
               .type = "application/json",
               .body = R"({"message": "You have exceeded a secondary rate limit"})"});
  EXPECT_EQ(failure([&] { forge()->pull_request(run(), number(7)); }).kind(), ErrorKind::timeout);
  EXPECT_LT(host.asked().size(), 70U);
}

TEST_F(Github, PutsForeignTextOnOneLine) {
  const auto error =
      failure_of({.status = 422, .body = R"({"message": "a\n::error::b\u001b[31m"})"});
  EXPECT_EQ(error.kind(), ErrorKind::remote);
  EXPECT_EQ(error.message().find_first_of("\n\x1b"), std::string::npos) << error.message();
}

TEST_F(Github, TakesALabelOffThatIsNotThere) {
  host.answer("GET /repos/o/r/pulls/7", pull(7));
  forge()->remove_label(run(), number(7), "use snapshot/ü");
  EXPECT_EQ(host.asked().at(0).path, "/repos/o/r/issues/7/labels/use snapshot/ü");
  EXPECT_EQ(failure([&] { forge()->remove_label(run(), number(8), "x"); }).kind(),
            ErrorKind::permission)
      << "the pull request itself cannot be seen";
}

TEST_F(Github, FindsOnlyItsOwnComments) {
  host.answer("GET /user", R"({"login": "bot"})");
  host.answer("GET /repos/o/r/issues/7/comments",
              R"([{"id": 5, "user": {"login": "bot"}, "body": "<!-- m -->\r\nlater"},
                  {"id": 3, "user": {"login": "bot"}, "body": "<!-- m -->\nfirst"},
                  {"id": 2, "user": {"login": "eve"}, "body": "<!-- m -->\nhijacked"},
                  {"id": 1, "user": {"login": "bot"}, "body": "x <!-- m -->"}, 7, null])");
  const auto one = forge();
  const auto comments = one->own_comments(run(), number(7), "<!-- m -->");
  ASSERT_EQ(comments.size(), 2U);
  EXPECT_EQ(comments.at(0).id, 3);
  one->own_comments(run(), number(7), "<!-- m -->");
  EXPECT_EQ(host.lines().size(), 3U) << "the login is requested once";
}

TEST_F(Github, AWorkflowsTokenAsksDifferentlyWhoItIs) {
  host.answer("GET /user",
              {.status = 403, .body = R"({"message": "Resource not accessible by integration"})"});
  host.answer("POST /graphql", R"({"data": {"viewer": {"login": "github-actions[bot]"}}})");
  host.answer("GET /repos/o/r/issues/7/comments",
              R"([{"id": 3, "user": {"login": "github-actions[bot]"}, "body": "<!-- m -->"}])");
  EXPECT_EQ(forge()->own_comments(run(), number(7), "<!-- m -->").size(), 1U);
}

TEST_F(Github, CutsADescriptionBetweenCharacters) {
  host.answer("POST /repos/o/r/statuses/c7", "{}");
  std::string says;
  while (says.size() < 139) says += "x";
  forge()->set_status(run(), {"c7", Verdict::success, says + "ü and more", "https://x"});
  const auto body = json::parse(host.asked().at(0).body);
  EXPECT_EQ(body["description"], says);
  EXPECT_EQ(body["state"], "success");
  EXPECT_EQ(body["context"], "tidegate");
}

TEST_F(Github, RecordsADeploymentOnceAndEndsThemAll) {
  host.answer("GET /repos/o/r/deployments", "[]");
  host.answer("GET /repos/o/r/deployments", R"([{"id": 12}, {"id": 11}])");
  host.answer("POST /repos/o/r/deployments", R"({"id": 12})");
  for (const auto* id : {"11", "12"}) {
    host.answer(fmt::format("POST /repos/o/r/deployments/{}/statuses", id), "{}");
  }
  const auto one = forge();
  using State = Deployment::State;
  one->set_deployment(run(), {"c7", "pr-7", "https://pr-7", State::success});
  one->set_deployment(run(), {"c7", "pr-7", "https://pr-7", State::success});
  one->set_deployment(run(), {"c7", "pr-7", "", State::inactive});
  EXPECT_THAT(host.lines(),
              ElementsAre("GET /repos/o/r/deployments", "POST /repos/o/r/deployments",
                          "POST /repos/o/r/deployments/12/statuses", "GET /repos/o/r/deployments",
                          "POST /repos/o/r/deployments/12/statuses", "GET /repos/o/r/deployments",
                          "POST /repos/o/r/deployments/12/statuses",
                          "POST /repos/o/r/deployments/11/statuses"));
}

TEST_F(Github, NamesWhatIsWrongInItsConfiguration) {
  const auto refused = [&](const std::function<void(ForgePlan&)>& change) {
    ForgePlan plan;
    plan.repository = "o/r";
    plan.token = Secret(k_token);
    change(plan);
    EXPECT_EQ(failure([&] { connect(plan); }).kind(), ErrorKind::config);
  };
  refused([](auto& plan) { plan.repository = "r"; });
  refused([](auto& plan) { plan.repository = "o/../r"; });
  refused([](auto& plan) { plan.repository = "o/r?x"; });
  refused([](auto& plan) { plan.api_url = "http://api.github.com"; });
  refused([](auto& plan) { plan.api_url = "https://me:pw@host"; });
  refused([](auto& plan) { plan.api_url = "http://127.0.0.1.example.org"; });
  refused([](auto& plan) { plan.token = Secret(); });
}

}  // namespace
}  // namespace tidegate::forge::github
