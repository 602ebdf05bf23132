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

TEST(AppToken, NamesAnInvalidKey) {
  EXPECT_THROW(app_token({"123", "", Secret("no key")}, SystemTime{}), Error);
  const Key other(EVP_EC_gen("P-256"), EVP_PKEY_free);
  EXPECT_THROW(app_token({"123", "", pem_of(other.get())}, SystemTime{}), Error);
}

/// An App on a host that knows its installation.
class App : public testing::Test {
 protected:
  App() {
    plan_.repository = "o/r";
    plan_.api_url = host_.url();
    plan_.app = AppCredential{"123", "", pem_of(key_.get())};
    host_.answer("GET /repos/o/r/installation", R"({"id": 77})");
    const auto until = to_rfc3339(clock_.now() + 1h).substr(0, 19) + "Z";
    for (const auto* token : {"ghs_one", "ghs_two"}) {
      host_.answer("POST /app/installations/77/access_tokens",
                   json{{"token", token}, {"expires_at", until}}.dump());
    }
    host_.answer("GET /app", R"({"slug": "tidegate"})");
  }
  void answer(int status, const std::string& body) {
    host_.answer("GET /repos/o/r/issues/7/comments",
                 {.status = status, .type = "application/json", .body = body});
  }
  std::size_t comments() {
    return forge_->own_comments(run_, *PullNumber::parse("7"), "<!-- m -->").size();
  }
  std::string signed_with() { return host_.asked().back().headers.at("authorization"); }
  static constexpr const char* k_one =
      R"([{"id": 3, "user": {"login": "tidegate[bot]"}, "body": "<!-- m -->"}])";

  test::GithubStub host_;
  test::FakeClock clock_;
  Redactor redactor_;
  Log log_{LogLevel::info, LogFormat::text, redactor_, [](std::string_view) {}};
  SilentProgress progress_;
  tidegate::Run run_{"r1", clock_, log_, progress_, {}, std::nullopt};
  Key key_ = make_key();
  ForgePlan plan_;
  std::unique_ptr<Forge> forge_;
};

TEST_F(App, SignsInToItsInstallationAndAgainBeforeTheHourEnds) {
  answer(200, k_one);
  forge_ = connect(plan_);
  EXPECT_EQ(comments(), 1U);
  EXPECT_EQ(signed_with(), "Bearer ghs_one");
  clock_.advance(50min);
  comments();
  EXPECT_EQ(signed_with(), "Bearer ghs_one");
  clock_.advance(6min);
  comments();
  EXPECT_EQ(signed_with(), "Bearer ghs_two");
}

TEST_F(App, GetsAnotherTokenOnceWhereItsOwnWasRevoked) {
  answer(200, k_one);
  answer(401, R"({"message": "Bad credentials"})");
  answer(200, k_one);
  answer(401, R"({"message": "Bad credentials"})");
  forge_ = connect(plan_);
  comments();
  EXPECT_EQ(comments(), 1U);
  EXPECT_EQ(signed_with(), "Bearer ghs_two");
  // Refused permanently.
  EXPECT_THROW(comments(), Error);
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
