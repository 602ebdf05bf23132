#include "forge/github/webhook.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/hmac.h>

namespace tidegate::forge::github {
namespace {

using Kind = WebhookVerdict::Kind;

const Secret k_secret("webhook-secret-one"), k_other("webhook-secret-two");

std::string signature(const std::string& body, const Secret& secret) {
  unsigned char sum[32];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.reveal().data(), static_cast<int>(secret.reveal().size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), sum, &size);
  std::string text = "sha256=";
  for (const auto byte : sum) text += fmt::format("{:02x}", byte);
  return text;
}

WebhookVerdict hear(const std::string& body, const std::string& event = "pull_request",
                    const Secret& with = k_secret) {
  return receive({k_secret, k_other}, "o/r")({{"x-github-event", event},
                                              {"x-github-delivery", "guid-1"},
                                              {"x-hub-signature-256", signature(body, with)}},
                                             body);
}

constexpr auto k_labeled =
    R"({"action": "labeled", "number": 7, "pull_request": {"number": 7}, "repository": {"full_name": "O/R"}})";

// GitHub's own example ("Validating webhook deliveries").
TEST(Webhook, KnowsGithubsOwnSignature) {
  const std::string sum = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  const std::vector<Secret> secrets{Secret("It's a Secret to Everybody")};
  EXPECT_TRUE(is_signed("Hello, World!", "sha256=" + sum, secrets));
  EXPECT_FALSE(is_signed("Hello, World?", "sha256=" + sum, secrets));
  EXPECT_FALSE(is_signed("Hello, World!", sum, secrets));
  EXPECT_FALSE(is_signed("Hello, World!", "sha256=" + sum + "00", secrets));
  EXPECT_FALSE(is_signed("Hello, World!", "sha256=" + sum.substr(1) + "g", secrets));
  EXPECT_FALSE(is_signed("Hello, World!", "", secrets));
  EXPECT_FALSE(is_signed("Hello, World!", "sha256=" + sum, {}));
}

TEST(Webhook, TakesEverySecretWhileTheyAreExchanged) {
  EXPECT_EQ(hear(k_labeled, "pull_request", k_secret).kind, Kind::hint);
  EXPECT_EQ(hear(k_labeled, "pull_request", k_other).kind, Kind::hint);
  EXPECT_EQ(hear(k_labeled, "pull_request", Secret("another")).kind, Kind::unproven);
}

TEST(Webhook, AnEmptySecretAcceptsNoSignature) {
  const std::string body = k_labeled;
  const auto heard =
      receive({Secret()}, "o/r")({{"x-github-event", "pull_request"},
                                  {"x-github-delivery", "g"},
                                  {"x-hub-signature-256", signature(body, Secret())}},
                                 body);
  EXPECT_EQ(heard.kind, Kind::unproven);
}

TEST(Webhook, GivesTheNumberAndNothingElse) {
  const auto heard = hear(k_labeled);
  ASSERT_EQ(heard.kind, Kind::hint);
  EXPECT_EQ(heard.number->value(), 7);
  EXPECT_EQ(heard.delivery, "guid-1");
}

TEST(Webhook, TakesIssueEventsOfPullRequestsAlone) {
  EXPECT_EQ(
      hear(
          R"({"issue": {"number": 7, "pull_request": {"url": "x"}}, "repository": {"full_name": "o/r"}})",
          "issues")
          .kind,
      Kind::hint);
  EXPECT_EQ(hear(R"({"issue": {"number": 7}, "repository": {"full_name": "o/r"}})", "issues").kind,
            Kind::nothing);
}

TEST(Webhook, IgnoresCreatedComments) {
  const auto comment = [](const char* action) {
    return hear(fmt::format(
                    R"({{"action": "{}", "issue": {{"number": 7, "pull_request": {{"url": "x"}}}},
                               "repository": {{"full_name": "o/r"}}}})",
                    action),
                "issue_comment")
        .kind;
  };
  EXPECT_EQ(comment("created"), Kind::nothing);
  EXPECT_EQ(comment("deleted"), Kind::hint) << "the status comment may be gone";
}

TEST(Webhook, LeavesOtherEventsAndRepositoriesAlone) {
  EXPECT_EQ(hear("{}", "ping").kind, Kind::nothing);
  EXPECT_EQ(hear(R"({"repository": {"full_name": "o/r"}})", "push").kind, Kind::nothing);
  EXPECT_EQ(hear(R"({"pull_request": {"number": 7}, "repository": {"full_name": "o/r2"}})").kind,
            Kind::nothing);
}

TEST(Webhook, NamesTheReasonForAMalformedCall) {
  EXPECT_EQ(hear("payload=%7B%7D").kind, Kind::malformed);
  EXPECT_EQ(hear(std::string(1'000'000, '[')).kind, Kind::malformed);
  EXPECT_EQ(hear("").kind, Kind::malformed);
  EXPECT_EQ(hear("[]").kind, Kind::malformed);
  for (const auto* number : {"0", "-1", "7.5", "\"7\"", "2147483648", "null", "1e3"}) {
    EXPECT_EQ(
        hear(fmt::format(
                 R"({{"pull_request": {{"number": {}}}, "repository": {{"full_name": "o/r"}}}})",
                 number))
            .kind,
        Kind::nothing)
        << number;
  }
}

TEST(Webhook, RequiresADeliveryId) {
  const std::string body = k_labeled;
  for (const auto* delivery : {"", "a b", "x'; DROP TABLE deliveries", "\n"}) {
    const auto heard =
        receive({k_secret}, "o/r")({{"x-github-event", "pull_request"},
                                    {"x-github-delivery", delivery},
                                    {"x-hub-signature-256", signature(body, k_secret)}},
                                   body);
    EXPECT_EQ(heard.kind, Kind::malformed) << delivery;
  }
}

}  // namespace
}  // namespace tidegate::forge::github
