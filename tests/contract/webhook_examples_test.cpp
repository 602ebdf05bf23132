// The payloads that GitHub shows for each of its webhooks, taken as `serve` takes them.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "forge/github/webhook.hpp"
#include "support/github_server.hpp"

namespace tidegate::test {
namespace {

using Kind = forge::WebhookVerdict::Kind;

const Secret k_secret("webhook-secret");

std::string signature(const std::string& body) {
  unsigned char sum[32];
  unsigned int size = 0;
  HMAC(EVP_sha256(), k_secret.reveal().data(), static_cast<int>(k_secret.reveal().size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), sum, &size);
  std::string text = "sha256=";
  for (const auto byte : sum) text += fmt::format("{:02x}", byte);
  return text;
}

forge::WebhookVerdict hear(const std::string& event, const Json& payload) {
  const auto repository = payload.contains("repository")
                              ? payload["repository"].value("full_name", "o/r")
                              : std::string("o/r");
  const auto body = payload.dump();
  return forge::github::receive({k_secret}, repository)({{"x-github-event", event},
                                                         {"x-github-delivery", "guid-1"},
                                                         {"x-hub-signature-256", signature(body)}},
                                                        body);
}

TEST(WebhookExamples, AreUnderstood) {
  TIDEGATE_NEEDS_GITHUB(server);
  const auto file =
      server->packages() / "node_modules/@octokit/webhooks-examples/api.github.com/index.json";
  int hints = 0, others = 0;
  for (const auto& of_event : Json::parse(read_text(file))) {
    const std::string event = of_event.at("name");
    for (const auto& payload : of_event.at("examples")) {
      const auto heard = hear(event, payload);
      SCOPED_TRACE(event + ": " + heard.says);
      if (event == "pull_request") {
        ASSERT_EQ(heard.kind, Kind::hint);
        EXPECT_EQ(heard.number->value(), payload.at("pull_request").at("number").get<int>());
        ++hints;
      } else {
        EXPECT_NE(heard.kind, Kind::unproven);
        EXPECT_NE(heard.kind, Kind::malformed);
        if (event != "issues" && event != "issue_comment") {
          EXPECT_EQ(heard.kind, Kind::nothing);
        }
        ++others;
      }
    }
  }
  EXPECT_GT(hints, 20);
  EXPECT_GT(others, 100);
}

}  // namespace
}  // namespace tidegate::test
