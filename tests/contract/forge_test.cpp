// The rules that every code host keeps, also the fake that use cases are tested with.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "forge/github/github.hpp"
#include "http/client.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_forge.hpp"
#include "support/github_server.hpp"
#include "support/github_stub.hpp"
#include "support/loopback.hpp"

namespace tidegate::test {
namespace {

using forge::Forge;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

enum class Kind { fake, token, app };

constexpr auto k_marker = "<!-- tidegate:status v1 -->";

class ForgeContract : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam() == Kind::fake) {
      forge_ = std::make_unique<FakeForge>(fake_);
      stranger_ = std::make_unique<FakeForge>(fake_, "eve");
      return;
    }
    TIDEGATE_NEEDS_GITHUB(server);
    server_ = server;
    using Who = GithubServer::Who;
    forge_ =
        forge::github::connect(server->plan(GetParam() == Kind::app ? Who::app : Who::tidegate));
    stranger_ = forge::github::connect(server->plan(Who::stranger));
  }

  PullNumber open() {
    if (server_ != nullptr) return server_->open_pull("a title");
    fake_.open(++opened_, {});
    return PullNumber::parse(std::to_string(opened_)).value();
  }
  void close(PullNumber number) {
    if (server_ != nullptr) return server_->close(number);
    fake_.close(number.value(), PullState::closed, clock_.now());
  }
  void merge(PullNumber number) {
    if (server_ != nullptr) return server_->merge(number);
    fake_.close(number.value(), PullState::merged, clock_.now());
  }
  PullRequest read(PullNumber number) { return forge_->pull_request(run_, number); }
  std::vector<std::string> bodies(PullNumber number) {
    std::vector<std::string> bodies;
    for (auto& each : forge_->own_comments(run_, number, k_marker)) bodies.push_back(each.body);
    return bodies;
  }
  ErrorKind failure(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.kind();
    }
    ADD_FAILURE() << "it went well";
    return ErrorKind::internal;
  }

  FakeHost fake_;
  int opened_ = 0;
  GithubServer* server_ = nullptr;
  std::unique_ptr<Forge> forge_, stranger_;
  RealClock clock_;
  Redactor redactor_;
  Log log_{LogLevel::error, LogFormat::text, redactor_};
  SilentProgress progress_;
  std::stop_source stop_;
  tidegate::Run run_{"test", clock_, log_, progress_, stop_.get_token(), std::chrono::minutes(2)};
};

TEST_P(ForgeContract, TellsAPullRequestAsItIsNow) {
  const auto number = open();
  const auto opened = read(number);
  EXPECT_EQ(opened.number, number);
  EXPECT_EQ(opened.state, PullState::open);
  EXPECT_FALSE(opened.fork);
  EXPECT_FALSE(opened.commit.empty());
  EXPECT_FALSE(opened.closed_at);
  EXPECT_THAT(opened.labels, IsEmpty());
  close(number);
  EXPECT_EQ(read(number).state, PullState::closed);
  EXPECT_TRUE(read(number).closed_at);
}

TEST_P(ForgeContract, TellsMergedFromClosed) {
  const auto number = open();
  merge(number);
  EXPECT_EQ(read(number).state, PullState::merged);
}

TEST_P(ForgeContract, SetsALabelOnceAndTakesItOffOnce) {
  const auto number = open();
  forge_->add_label(run_, number, "use-snapshot");
  forge_->add_label(run_, number, "use-snapshot");
  EXPECT_THAT(read(number).labels, ElementsAre("use-snapshot"));
  forge_->remove_label(run_, number, "use-snapshot");
  forge_->remove_label(run_, number, "use-snapshot");
  EXPECT_THAT(read(number).labels, IsEmpty());
}

TEST_P(ForgeContract, LabelsMayBeCalledAnything) {
  const auto number = open();
  const std::vector<std::string> odd{"a b/c?d=e#f%20&g", "Grüße 🌊", "::set-output::", "${{ x }}"};
  for (const auto& label : odd) forge_->add_label(run_, number, label);
  EXPECT_THAT(read(number).labels, testing::UnorderedElementsAreArray(odd));
  for (const auto& label : odd) forge_->remove_label(run_, number, label);
  EXPECT_THAT(read(number).labels, IsEmpty());
}

TEST_P(ForgeContract, ListsWhatIsOpenWithItsLabels) {
  const auto first = open(), second = open(), closed = open();
  forge_->add_label(run_, second, "preview");
  close(closed);
  std::vector<PullNumber> numbers;
  for (const auto& pull : forge_->open_pull_requests(run_)) {
    numbers.push_back(pull.number);
    if (pull.number == second) {
      EXPECT_THAT(pull.labels, ElementsAre("preview"));
    }
  }
  EXPECT_THAT(numbers, Contains(first));
  EXPECT_THAT(numbers, Contains(second));
  EXPECT_THAT(numbers, Not(Contains(closed)));
  EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
}

TEST_P(ForgeContract, FindsItsOwnCommentsByTheirMarker) {
  const auto number = open();
  const auto marked = [](const std::string& text) { return std::string(k_marker) + "\n" + text; };
  stranger_->add_comment(run_, number, marked("hijacked"));
  const auto first = forge_->add_comment(run_, number, marked("first"));
  forge_->add_comment(run_, number, "without a marker\n" + std::string(k_marker));
  forge_->add_comment(run_, number, marked("second"));
  EXPECT_THAT(bodies(number), ElementsAre(marked("first"), marked("second")));
  forge_->edit_comment(run_, {first.id, marked("edited")});
  EXPECT_THAT(bodies(number), ElementsAre(marked("edited"), marked("second")));
  forge_->remove_comment(run_, first.id);
  forge_->remove_comment(run_, first.id);
  EXPECT_THAT(bodies(number), ElementsAre(marked("second")));
}

TEST_P(ForgeContract, TakesACommentAsItStands) {
  const auto number = open();
  const auto body = std::string(k_marker) +
                    "\n`a` <b> @eve ${{ x }} ::set-output name=a::b\n\n| \"t\" | \\n ü 🌊 |\n";
  forge_->add_comment(run_, number, body);
  EXPECT_THAT(bodies(number), ElementsAre(body));
}

TEST_P(ForgeContract, WhatIsNotToBeSeenIsNoAnswer) {
  const auto none = PullNumber::parse("987654").value();
  EXPECT_EQ(failure([&] { read(none); }), ErrorKind::permission);
  EXPECT_EQ(failure([&] { forge_->add_label(run_, none, "preview"); }), ErrorKind::permission);
  EXPECT_EQ(failure([&] { forge_->remove_label(run_, none, "preview"); }), ErrorKind::permission);
}

TEST_P(ForgeContract, EndsWithItsRun) {
  const auto number = open();
  stop_.request_stop();
  EXPECT_EQ(failure([&] { read(number); }), ErrorKind::cancelled);
}

std::string name_of(const testing::TestParamInfo<Kind>& info) {
  return info.param == Kind::fake ? "Fake" : info.param == Kind::token ? "Token" : "App";
}

INSTANTIATE_TEST_SUITE_P(Forges, ForgeContract, testing::Values(Kind::fake, Kind::token, Kind::app),
                         name_of);

// The emulator has neither: the proxy looks at what is asked, the stub answers.
TEST(GithubsDescription, AllowsStatusesAndDeploymentsAsTheyAreAsked) {
  TIDEGATE_NEEDS_GITHUB(server);
  GithubStub stub;
  stub.answer("GET /user", "{}");
  stub.answer("POST /repos/tidegate-bot/syrf/statuses/c1",
              {.status = 201, .type = "application/json", .body = "{}"});
  stub.answer("GET /repos/tidegate-bot/syrf/deployments", "[]");
  stub.answer("POST /repos/tidegate-bot/syrf/deployments",
              {.status = 201, .type = "application/json", .body = R"({"id": 12})"});
  stub.answer("POST /repos/tidegate-bot/syrf/deployments/12/statuses",
              {.status = 201, .type = "application/json", .body = "{}"});
  GithubProxy proxy(server->packages(), stub.url(), free_port());
  const RealClock clock;
  const Redactor redactor;
  Log log{LogLevel::error, LogFormat::text, redactor};
  SilentProgress progress;
  tidegate::Run run("test", clock, log, progress, {}, std::chrono::minutes(2));
  const auto status_of = [&](const http::Request& request) {
    try {
      return http::Client().send(run, request).status;
    } catch (const Error&) {
      return 0;
    }
  };
  ASSERT_TRUE(eventually([&] { return status_of({.url = proxy.url() + "/user"}) == 200; }, 60s))
      << proxy.says();

  auto plan = server->plan();
  plan.api_url = proxy.url();
  const auto forge = forge::github::connect(plan);
  forge->set_status(run, {"c1", forge::Verdict::success, "filled", "https://pr-1.example.org"});
  forge->set_deployment(
      run, {"c1", "pr-1", "https://pr-1.example.org", forge::Deployment::State::success});
  EXPECT_THAT(stub.lines(), Contains("POST /repos/tidegate-bot/syrf/deployments/12/statuses"));

  const auto asked = stub.lines().size();
  const http::Request wrong{.method = "POST",
                            .url = proxy.url() + "/repos/tidegate-bot/syrf/statuses/c1",
                            .headers = {{"Content-Type", "application/json"}},
                            .body = R"({"state": "splendid"})"};
  EXPECT_GE(status_of(wrong), 400) << "the proxy looks at what is asked";
  EXPECT_EQ(stub.lines().size(), asked) << "and hands on nothing else";
}

}  // namespace
}  // namespace tidegate::test
