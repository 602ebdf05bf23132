// A code host that is down, slow, limits us, or answers what it should not: the program as built
// waits no longer than it may, says what is wrong, gives its token to no one and destroys nothing.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/github_stub.hpp"
#include "support/loopback.hpp"
#include "support/program_flow.hpp"
#include "support/silent_listener.hpp"

namespace tidegate::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto k_token = "marked-token-4711";

http::Outgoing json(int status, const std::string& body,
                    std::map<std::string, std::string> headers = {}) {
  return {
      .status = status, .type = "application/json", .body = body, .headers = std::move(headers)};
}

struct Trouble {
  std::string name;
  std::function<void(GithubStub& host, GithubStub& other)> make;
  std::string says;  ///< somewhere in the message
};
void PrintTo(const Trouble& trouble, std::ostream* out) { *out << trouble.name; }

class PullTrouble : public testing::TestWithParam<Trouble> {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "trouble");
    make_small_production(flow_->admin(), flow_->production(), 5);
    flow_->expect(0, {"snapshot"});
    flow_->expect(0, {"restore", "pr-1"});
    flow_->admin().insert(flow_->preview(1), "handmade", {{{"_id", 1}}});
    point_to(host_.url());
  }
  void point_to(const std::string& url) {
    if (plain_.empty()) plain_ = flow_->config();
    flow_->set_config(
        plain_ + "github:\n  repository: o/r\n  token: ${HOST_TOKEN}\n  api_url: " + url + "\n");
  }
  void expect_nothing_done(const std::vector<std::string>& arguments, const std::string& says) {
    SCOPED_TRACE(fmt::format("{}", fmt::join(arguments, " ")));
    const auto outcome = flow_->tidegate(arguments, {{"HOST_TOKEN", k_token}});
    EXPECT_THAT(outcome.exit_code, testing::AnyOf(8, 9, 12, 13)) << outcome;
    EXPECT_LT(outcome.elapsed, 30s);
    EXPECT_THAT(outcome.all(), HasSubstr(says));
    EXPECT_THAT(outcome.all(), Not(HasSubstr(k_token)));
    const auto count = flow_->admin().command(flow_->preview(1), {{"count", "handmade"}});
    EXPECT_EQ(count.at("n"), 1) << "nothing may be destroyed";
    EXPECT_FALSE(flow_->metadata(flow_->preview(1)).is_null());
    EXPECT_TRUE(flow_->lease(flow_->preview(1)).is_null());
  }
  void expect_nothing_done(const std::string& says) {
    expect_nothing_done({"pr", "sync", "1", "--timeout", "5s"}, says);
    expect_nothing_done({"reconcile", "--timeout", "5s"}, says);
    expect_nothing_done({"sweep", "--apply", "--timeout", "5s"}, says);
  }

  std::unique_ptr<Flow> flow_;
  std::string plain_;
  GithubStub host_, other_;
};

TEST_P(PullTrouble, DestroysNothing) {
  GetParam().make(host_, other_);
  expect_nothing_done(GetParam().says);
  for (const auto& asked : other_.asked()) {
    EXPECT_EQ(asked.headers.count("authorization"), 0U) << "the token is for one host alone";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Answers, PullTrouble,
    testing::Values(
        Trouble{"Html",
                [](auto& host, auto&) {
                  host.otherwise({.type = "text/html", .body = "<html>Sign in</html>"});
                },
                "JSON"},
        Trouble{"HalfAnAnswer",
                [](auto& host, auto&) { host.otherwise(json(200, "[{\"number\": 1, \"sta")); },
                "JSON"},
        Trouble{"AnotherForm",
                [](auto& host, auto&) { host.otherwise(json(200, R"({"number": "one"})")); },
                "answer"},
        Trouble{"ServerErrors",
                [](auto& host, auto&) { host.otherwise(json(502, R"({"message": "oops"})")); },
                "502"},
        Trouble{"RateLimit",
                [](auto& host, auto&) {
                  host.otherwise(json(403, R"({"message": "API rate limit exceeded"})",
                                      {{"retry-after", "3600"}}));
                },
                "limit"},
        Trouble{"TokenRefused",
                [](auto& host, auto&) {
                  host.otherwise(json(401, R"({"message": "Bad credentials"})"));
                },
                "Bad credentials"},
        Trouble{"NothingToBeSeen", [](auto&, auto&) {}, "404"},
        Trouble{"AnotherHost",
                [](auto& host, auto& other) {
                  host.otherwise(json(302, "{}", {{"Location", other.url() + "/elsewhere"}}));
                },
                "404"},
        Trouble{"ACircle",
                [](auto& host, auto&) {
                  host.otherwise(json(301, "{}", {{"Location", host.url() + "/again"}}));
                },
                "redirect"}),
    [](const auto& each) { return each.param.name; });

class PullSilence : public PullTrouble {};

TEST_P(PullSilence, IsWaitedForNoLongerThanMayBe) {
  const SilentListener silence;
  point_to("http://" + silence.host());
  expect_nothing_done("timeout");
}

TEST_P(PullSilence, OfAHostThatIsNotThereIsTold) {
  point_to(fmt::format("http://127.0.0.1:{}", free_port()));
  expect_nothing_done("127.0.0.1");
}

INSTANTIATE_TEST_SUITE_P(Without, PullSilence, testing::Values(Trouble{"Answers", {}, ""}),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace tidegate::test
