#include "web/webhook.hpp"

#include <gtest/gtest.h>

#include "support/fake_clock.hpp"

namespace tidegate::web {
namespace {

using Kind = forge::WebhookVerdict::Kind;

class WebhookPage : public testing::Test {
 protected:
  int ask(const std::string& method = "POST") {
    return page({.method = method, .path = std::string(k_webhook_path), .body = "{}"}).status;
  }

  test::FakeClock clock;
  journal::Deliveries deliveries{std::nullopt};
  forge::WebhookVerdict heard{Kind::hint, "guid-1", PullNumber::parse("7"), "pull request 7"};
  int rung = 0;
  http::Handler page = webhook_page([this](const auto&, auto) { return heard; }, deliveries, clock,
                                    [this] { ++rung; });
};

TEST_F(WebhookPage, QueuesADelivery) {
  EXPECT_EQ(ask(), 202);
  EXPECT_EQ(rung, 1);
  EXPECT_EQ(deliveries.next(clock.now())->number.value(), 7);
}

TEST_F(WebhookPage, DoesNothingTwice) {
  ask();
  EXPECT_EQ(ask(), 200);
  EXPECT_EQ(rung, 1);
  EXPECT_EQ(deliveries.waiting(), 1);
}

TEST_F(WebhookPage, RefusesUnsignedCalls) {
  heard.kind = Kind::unproven;
  EXPECT_EQ(ask(), 401);
  heard.kind = Kind::malformed;
  EXPECT_EQ(ask(), 400);
  heard.kind = Kind::nothing;
  EXPECT_EQ(ask(), 200);
  EXPECT_EQ(ask("GET"), 405);
  EXPECT_EQ(deliveries.waiting(), 0);
  EXPECT_EQ(rung, 0);
}

}  // namespace
}  // namespace tidegate::web
