#include "web/ask.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "support/witnesses.hpp"

namespace tidegate::web {
namespace {

/// A daemon whose conditions the test sets.
class Asking : public testing::Test {
 protected:
  http::Handler pages() {
    return health_pages(
        {.alive = [this] { return conditions_; }, .ready = [this] { return conditions_; }});
  }
  std::uint16_t serve(http::Handler handler, std::string address = "127.0.0.1") {
    server_.emplace(http::ListenOptions{.address = std::move(address)}, std::move(handler),
                    run_.log);
    return server_->port();
  }

  RealClock clock_;
  test::WitnessedRun run_{clock_, std::chrono::seconds{60}};
  std::vector<Condition> conditions_{{"daemon", true, "at work"}};
  std::optional<http::Server> server_;
};

TEST_F(Asking, GetsEveryConditionGoodAndBad) {
  conditions_.push_back({"snapshot of 'atlas'", false, "failed \"often\" ü"});
  const auto answer = ask_health(run_.run, "127.0.0.1", serve(pages()));
  ASSERT_EQ(answer.size(), 2U);
  EXPECT_TRUE(answer[0].good);
  EXPECT_FALSE(answer[1].good);
  EXPECT_EQ(answer[1].name, "snapshot of 'atlas'");
  EXPECT_EQ(answer[1].says, "failed \"often\" ü");
}

TEST_F(Asking, FindsADaemonThatListensOnEveryAddress) {
  EXPECT_EQ(ask_health(run_.run, "0.0.0.0", serve(pages(), "0.0.0.0")).size(), 1U);
}

TEST_F(Asking, UsesNoProxy) {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  EXPECT_EQ(ask_health(run_.run, "127.0.0.1", serve(pages())).size(), 1U);
  ::unsetenv("http_proxy");
}

TEST_F(Asking, ReportsThatNothingAnswers) {
  const auto port = serve(pages());
  server_.reset();
  try {
    ask_health(run_.run, "127.0.0.1", port);
    FAIL() << "nothing listens there";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unreachable);
  }
}

TEST_F(Asking, ReportsAnAnswerOfAnotherProgram) {
  for (const char* body : {"hello", "{}", R"({"conditions": [1]})", "null",
                           R"({"conditions": [{"name": 1, "good": true, "says": ""}]})"}) {
    const auto port = serve([body](const http::Incoming&) { return http::Outgoing{.body = body}; });
    try {
      ask_health(run_.run, "127.0.0.1", port);
      FAIL() << body;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::remote) << body;
    }
  }
}

}  // namespace
}  // namespace tidegate::web
