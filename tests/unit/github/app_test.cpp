#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "base/utc.hpp"
#include "forge/github/address.hpp"
#include "forge/github/app_token.hpp"
#include "forge/github/github.hpp"
#include "support/fake_clock.hpp"
#include "support/github_stub.hpp"

namespace tidegate::forge::github {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Key make_key() { return {EVP_RSA_gen(2048), EVP_PKEY_free}; }

Secret pem_of(EVP_PKEY* key) {
  BIO* text = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(text, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(text, &data);
  Secret pem(std::string(data, static_cast<std::size_t>(size)));
  BIO_free(text);
  return pem;
}

std::string decoded(std::string text) {
  for (auto& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  const auto padding = (4 - text.size() % 4) % 4;
  text.append(padding, '=');
  std::string bytes(text.size(), '\0');
  const auto size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()));
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

bool verifies(EVP_PKEY* key, const std::string& text, const std::string& signature) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(),
                                                                       EVP_MD_CTX_free);
  EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key);
  return EVP_DigestVerify(digest.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                          signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                          text.size()) == 1;
}

TEST(AppToken, IsSignedAndValidForLessThanTenMinutes) {
  const auto key = make_key();
  const auto now = parse_rfc3339("2026-11-22T03:00:00Z").value();
  const auto token = app_token({"123", "", pem_of(key.get())}, now).reveal();
  const auto dot = token.rfind('.');
  EXPECT_TRUE(verifies(key.get(), token.substr(0, dot), decoded(token.substr(dot + 1))));
  const auto first = token.find('.');
  EXPECT_EQ(json::parse(decoded(token.substr(0, first)))["alg"], "RS256");
  const auto claims = json::parse(decoded(token.substr(first + 1, dot - first - 1)));
  EXPECT_EQ(claims["iss"], "123");
  EXPECT_EQ(claims["iat"], 1795316400 - 60);
  EXPECT_LE(claims["exp"].get<int>() - claims["iat"].get<int>(), 600);
}

TEST(AppToken, NamesAKeyThatIsNone) {
  EXPECT_THROW(app_token({"123", "", Secret("no key")}, SystemTime{}), Error);
  const Key other(EVP_EC_gen("P-256"), EVP_PKEY_free);
  EXPECT_THROW(app_token({"123", "", pem_of(other.get())}, SystemTime{}), Error);
}

TEST(App, SignsInToItsInstallationAndAgainBeforeTheHourEnds) {
  test::GithubStub host;
  test::FakeClock clock;
  Redactor redactor;
  Log log{LogLevel::info, LogFormat::text, redactor, [](std::string_view) {}};
  SilentProgress progress;
  std::stop_source stop;
  tidegate::Run run("r1", clock, log, progress, stop.get_token(), std::nullopt);
  const auto key = make_key();
  ForgePlan plan;
  plan.repository = "o/r";
  plan.api_url = host.url();
  plan.app = AppCredential{"123", "", pem_of(key.get())};
  host.answer("GET /repos/o/r/installation", R"({"id": 77})");
  const auto until = to_rfc3339(clock.now() + 1h).substr(0, 19) + "Z";
  for (const auto* token : {"ghs_one", "ghs_two"}) {
    host.answer("POST /app/installations/77/access_tokens",
                json{{"token", token}, {"expires_at", until}}.dump());
  }
  host.answer("GET /app", R"({"slug": "tidegate"})");
  host.answer("GET /repos/o/r/issues/7/comments",
              R"([{"id": 3, "user": {"login": "tidegate[bot]"}, "body": "<!-- m -->"}])");
  const auto forge = connect(plan);
  const auto seven = *PullNumber::parse("7");
  EXPECT_EQ(forge->own_comments(run, seven, "<!-- m -->").size(), 1U);
  EXPECT_EQ(host.asked().back().headers.at("authorization"), "Bearer ghs_one");
  clock.advance(50min);
  forge->own_comments(run, seven, "<!-- m -->");
  EXPECT_EQ(host.asked().back().headers.at("authorization"), "Bearer ghs_one");
  clock.advance(6min);
  forge->own_comments(run, seven, "<!-- m -->");
  EXPECT_EQ(host.asked().back().headers.at("authorization"), "Bearer ghs_two");
}

TEST(Address, FindsTheNextPage) {
  EXPECT_EQ(next_page(R"(<https://h/a?page=2>; rel="next", <https://h/a?page=9>; rel="last")"),
            "https://h/a?page=2");
  EXPECT_EQ(next_page(R"(<https://h/a?page=1>; rel="prev", <https://h/a?page=3>; rel="next")"),
            "https://h/a?page=3");
  EXPECT_EQ(next_page(R"(<https://h/a?page=1>; rel="prev")"), "");
  EXPECT_EQ(next_page("nonsense <"), "");
}

TEST(Address, KnowsEnterprisesOwn) {
  EXPECT_EQ(graphql_url("https://api.github.com"), "https://api.github.com/graphql");
  EXPECT_EQ(graphql_url("https://host/api/v3/"), "https://host/api/graphql");
}

}  // namespace
}  // namespace tidegate::forge::github
