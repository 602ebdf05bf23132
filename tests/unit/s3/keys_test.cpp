// Keys of roles, agents and profiles, from servers that answer as the real ones do.

#include "archive/s3/keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <mutex>

#include "archive/s3/credentials.hpp"
#include "base/utc.hpp"
#include "http/server.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_world.hpp"
#include "support/program.hpp"
#include "support/witnesses.hpp"

namespace tidegate::archive::s3 {
namespace {

using namespace std::chrono_literals;
using test::error_of;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr auto k_role = "arn:aws:iam::123456789012:role/snapshots";
constexpr auto k_token = "eyJhbGciOi.mark3d-token.signature+/=";

std::string sts_answer(const std::string& id, SystemTime ends) {
  return "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
         "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>" +
         id + "</AccessKeyId><SecretAccessKey>mark3d+secret</SecretAccessKey>" +
         "<SessionToken>mark3d+session</SessionToken><Expiration>" + to_rfc3339(ends) +
         "</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
         "</AssumeRoleWithWebIdentityResponse>";
}

std::string sts_refusal(const std::string& code, const std::string& message) {
  return "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender"
         "</Type><Code>" +
         code + "</Code><Message>" + message + "</Message></Error></ErrorResponse>";
}

class IssuedKeys : public testing::Test {
 protected:
  void answer(std::function<http::Outgoing(const http::Incoming&)> how) {
    const std::lock_guard lock(mutex_);
    how_ = std::move(how);
  }
  void answer(int status, const std::string& body) {
    answer([=](const http::Incoming&) { return http::Outgoing{.status = status, .body = body}; });
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }
  ObjectStorage storage(KeyIssuer issuer) const {
    ObjectStorage storage;
    storage.region = "eu-1";
    storage.origin = "databases.syrf.snapshot.storage";
    storage.issuer = std::move(issuer);
    return storage;
  }
  ObjectStorage with_role() const {
    return storage(WebIdentity{k_role, token_file_, "tidegate", url()});
  }
  ObjectStorage with_agent(const std::string& path = "/v1/credentials") const {
    return storage(CredentialsEndpoint{url() + path, token_file_});
  }
  Error refusal(const ObjectStorage& storage) {
    return error_of([&] { Credentials(storage).current(run); });
  }
  std::vector<http::Incoming> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  std::string all_said() const {
    std::string all;
    for (const auto& line : witnessed_.lines) all += line + "\n";
    return all;
  }

  test::FakeClock clock;
  test::WitnessedRun witnessed_{clock};
  tidegate::Run& run = witnessed_.run;
  test::TempDir directory_;
  std::string token_file_ = directory_.write("token", std::string(k_token) + "\n");
  std::mutex mutex_;
  std::function<http::Outgoing(const http::Incoming&)> how_;
  std::vector<http::Incoming> seen_;
  http::Server server_{{},
                       [this](const http::Incoming& request) {
                         const std::lock_guard lock(mutex_);
                         seen_.push_back(request);
                         return how_(request);
                       },
                       witnessed_.log};
};

TEST_F(IssuedKeys, OfARoleAreAskedForWithTheToken) {
  answer(200, sts_answer("ASIA1", clock.now() + 1h));
  Credentials credentials(with_role());
  const auto keys = credentials.current(run);
  EXPECT_EQ(keys.id, "ASIA1");
  EXPECT_EQ(keys.key.reveal(), "mark3d+secret");
  EXPECT_EQ(keys.session_token.reveal(), "mark3d+session");
  EXPECT_EQ(keys.ends, clock.now() + 1h);
  EXPECT_EQ(credentials.issuer(),
            "the role 'arn:aws:iam::123456789012:role/snapshots' (web "
            "identity)");
  ASSERT_THAT(seen(), SizeIs(1));
  const auto asked = seen().front();
  EXPECT_EQ(asked.method + " " + asked.path, "POST /");
  EXPECT_EQ(asked.headers.at("content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(asked.body,
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
            "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fsnapshots"
            "&RoleSessionName=tidegate"
            "&WebIdentityToken=eyJhbGciOi.mark3d-token.signature%2B%2F%3D");
}

TEST_F(IssuedKeys, AreFetchedAgainBeforeTheyEndWithTheTokenOfThatTime) {
  answer(200, sts_answer("ASIA1", clock.now() + 1h));
  Credentials credentials(with_role());
  credentials.current(run);
  clock.advance(54min);
  EXPECT_EQ(credentials.current(run).id, "ASIA1");
  EXPECT_THAT(seen(), SizeIs(1));
  std::ofstream(token_file_) << "another.token";
  answer(200, sts_answer("ASIA2", clock.now() + 1h));
  clock.advance(2min);
  EXPECT_EQ(credentials.current(run).id, "ASIA2");
  EXPECT_THAT(seen().back().body, HasSubstr("WebIdentityToken=another.token"));
}

TEST_F(IssuedKeys, AreKeptWhileTheyAreGoodWhenTheIssuerFails) {
  answer(200, sts_answer("ASIA1", clock.now() + 1h));
  Credentials credentials(with_role());
  credentials.current(run);
  answer(503, sts_refusal("ServiceUnavailable", "later"));
  clock.advance(56min);
  EXPECT_EQ(credentials.current(run).id, "ASIA1");
  EXPECT_EQ(credentials.current(run).id, "ASIA1");
  EXPECT_THAT(seen(), SizeIs(2)) << "not at every request";
  EXPECT_THAT(all_said(), AllOf(HasSubstr("cannot renew the keys"), Not(HasSubstr("mark3d"))));
  clock.advance(5min);
  EXPECT_EQ(error_of([&] { credentials.current(run); }).kind(), ErrorKind::remote);
}

TEST_F(IssuedKeys, ThatTheStoreRefusesAreFetchedAgain) {
  answer(200, sts_answer("ASIA1", clock.now() + 1h));
  Credentials credentials(with_role());
  credentials.current(run);
  answer(200, sts_answer("ASIA2", clock.now() + 1h));
  EXPECT_TRUE(credentials.discard("ASIA1"));
  EXPECT_EQ(credentials.current(run).id, "ASIA2");
  EXPECT_TRUE(credentials.discard("ASIA1"));  // of a request that another thread had under way
  EXPECT_EQ(credentials.current(run).id, "ASIA2");
  EXPECT_THAT(seen(), SizeIs(2));
  auto written = storage({});
  written.key_id = "id";
  EXPECT_FALSE(Credentials(written).discard("id"));
}

TEST_F(IssuedKeys, ARefusalNamesItsCauseAndNeverTheToken) {
  const struct {
    int status;
    const char* code;
    ErrorKind kind;
    const char* hint;
  } rows[] = {
      {400, "ExpiredTokenException", ErrorKind::permission, "has expired"},
      {400, "InvalidIdentityToken", ErrorKind::permission, "must trust the issuer"},
      {403, "AccessDenied", ErrorKind::permission, "sts:AssumeRoleWithWebIdentity"},
      {403, "RegionDisabledException", ErrorKind::config, "storage.region"},
      {400, "ValidationError", ErrorKind::config, "storage.role_arn"},
      {400, "IDPCommunicationError", ErrorKind::remote, "sts_endpoint"},
      {404, "NoSuchThing", ErrorKind::config, "AWS_ENDPOINT_URL_STS"},
      {500, "InternalFailure", ErrorKind::remote, "sts_endpoint"},
  };
  for (const auto& row : rows) {
    answer(row.status, sts_refusal(row.code, std::string("it was ") + k_token));
    const auto error = refusal(with_role());
    EXPECT_EQ(error.kind(), row.kind) << row.code;
    EXPECT_THAT(error.message(), AllOf(HasSubstr(row.code), HasSubstr("it was ***")));
    EXPECT_THAT(error.message(), HasSubstr(k_role));
    EXPECT_THAT(error.hint(), HasSubstr(row.hint)) << row.code;
  }
  answer(200, "<html>");
  EXPECT_EQ(refusal(with_role()).kind(), ErrorKind::config);
}

TEST_F(IssuedKeys, WithoutATokenNameTheFileAndItsKey) {
  for (const std::string& text : {std::string(), std::string("\n"), std::string(70'000, 'x')}) {
    std::ofstream(token_file_, std::ios::trunc) << text;
    EXPECT_EQ(refusal(with_role()).kind(), ErrorKind::config);
  }
  std::filesystem::remove(token_file_);
  const auto error = refusal(with_role());
  EXPECT_THAT(error.message(), AllOf(HasSubstr(token_file_), HasSubstr("No such file"),
                                     HasSubstr("storage.web_identity_token_file")));
  EXPECT_THAT(seen(), IsEmpty());
}

TEST_F(IssuedKeys, OfAnAgentAreAskedForWithItsToken) {
  answer(200, R"({"AccessKeyId": "ASIA3", "SecretAccessKey": "s", "Token": "t",
                  "Expiration": "2030-01-01T00:00:00Z", "AccountId": "1"})");
  const auto keys = Credentials(with_agent()).current(run);
  EXPECT_EQ(keys.id + keys.key.reveal() + keys.session_token.reveal(), "ASIA3st");
  EXPECT_EQ(keys.ends, parse_rfc3339("2030-01-01T00:00:00Z"));
  EXPECT_EQ(seen().front().path, "/v1/credentials");
  EXPECT_EQ(seen().front().headers.at("authorization"), k_token);
}

TEST_F(IssuedKeys, OfAnAgentThatRefusesNameTheAssociation) {
  answer(403, "not yours: mark3d");
  const auto error = refusal(with_agent());
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_THAT(error.hint(), HasSubstr("Pod Identity association"));
  EXPECT_THAT(error.message(), Not(HasSubstr("mark3d")));
  answer(500, "");
  EXPECT_EQ(refusal(with_agent()).kind(), ErrorKind::remote);
  answer(200, "{}");
  EXPECT_EQ(refusal(with_agent()).kind(), ErrorKind::config);
}

TEST_F(IssuedKeys, DoNotCrossTheNetworkInTheClear) {
  for (const auto* far : {"http://10.0.0.1/keys", "http://127.0.0.1.example.org/", "169.254.170.23",
                          "http://localhost.example.org/"}) {
    const auto error = refusal(storage(CredentialsEndpoint{far, token_file_}));
    EXPECT_EQ(error.kind(), ErrorKind::config) << far;
    EXPECT_THAT(error.message(), HasSubstr("storage.credentials_uri")) << far;
  }
}

TEST_F(IssuedKeys, OfAProfileAreReadFromTheSharedFile) {
  const auto file = directory_.write("credentials",
                                     "# comment\n[default]\naws_access_key_id = AKIA0\n"
                                     "aws_secret_access_key=s0\n\n[ back up ]\r\n"
                                     "aws_access_key_id=ASIA9\r\naws_secret_access_key = a=b\r\n"
                                     "aws_session_token = t9\r\nregion = nowhere\n[empty]\n");
  const auto of = [&](const std::string& profile) {
    return storage(SharedCredentials{file.string(), profile});
  };
  EXPECT_EQ(Credentials(of("default")).current(run).id, "AKIA0");
  const auto keys = Credentials(of("back up")).current(run);
  EXPECT_EQ(keys.id + " " + keys.key.reveal() + " " + keys.session_token.reveal(), "ASIA9 a=b t9");
  EXPECT_THAT(refusal(of("none")).message(), HasSubstr("has no profile 'none'"));
  EXPECT_THAT(refusal(of("empty")).message(), HasSubstr("holds no keys"));
  EXPECT_THAT(refusal(storage(SharedCredentials{"/none", "default"})).hint(),
              HasSubstr("AWS_SHARED_CREDENTIALS_FILE"));
}

}  // namespace
}  // namespace tidegate::archive::s3
