// Servers whose certificates come from a private authority.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/client.hpp"
#include "http/server.hpp"
#include "support/fake_world.hpp"
#include "support/tls_relay.hpp"
#include "support/witnesses.hpp"

namespace tidegate::http {
namespace {

using test::error_of;
using test::SetVariable;
using testing::HasSubstr;

class Trust : public testing::Test {
 protected:
  std::string url(const std::string& host = "127.0.0.1") const {
    return "https://" + host + ":" + std::to_string(relay_.port()) + "/";
  }
  std::string get(const std::string& ca_file = {}) {
    Request request{.url = url()};
    request.ca_file = ca_file;
    return Client().send(witnessed_.run, request).body;
  }
  Error refusal(const std::string& ca_file = {}) {
    return error_of([&] { get(ca_file); });
  }

  RealClock clock_;
  test::WitnessedRun witnessed_{clock_};
  Server server_{ListenOptions{}, [](const Incoming&) { return Outgoing{.body = "hello"}; },
                 witnessed_.log};
  test::TlsRelay relay_{server_.port()};
  test::TempDir directory_;
};

TEST_F(Trust, RefusesAnUnknownAuthorityAndSaysHowToNameIt) {
  const auto error = refusal();
  EXPECT_EQ(error.kind(), ErrorKind::unreachable);
  EXPECT_THAT(error.hint(), HasSubstr("SSL_CERT_FILE"));
  EXPECT_THAT(error.hint(), HasSubstr("'storage.ca_file'"));
}

TEST_F(Trust, TakesTheAuthorityOfTheRequest) {
  EXPECT_EQ(get(relay_.ca_file()), "hello");
  EXPECT_EQ(refusal().kind(), ErrorKind::unreachable) << "it is not remembered";
}

TEST_F(Trust, TakesTheAuthoritiesOfSslCertFileAndSslCertDir) {
  {
    const SetVariable file("SSL_CERT_FILE", relay_.ca_file());
    EXPECT_EQ(get(), "hello");
  }
  const auto hashed = directory_.path() / "hashed";
  std::filesystem::create_directory(hashed);
  std::filesystem::copy(relay_.ca_file(), hashed / "ca.pem");
  const auto made = test::run({{"openssl", "rehash", hashed.string()}}, directory_.path());
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const SetVariable directory("SSL_CERT_DIR", hashed);
  EXPECT_EQ(get(), "hello");
}

TEST_F(Trust, TheAuthorityOfTheRequestIsTheOnlyOne) {
  const test::TlsRelay other(server_.port());
  const SetVariable file("SSL_CERT_FILE", relay_.ca_file());
  EXPECT_EQ(refusal(other.ca_file()).kind(), ErrorKind::unreachable);
}

TEST_F(Trust, AFileWithoutCertificatesIsConfiguration) {
  for (const auto& bad :
       {directory_.path() / "none", directory_.write("empty", "no certificate")}) {
    const auto error = refusal(bad);
    EXPECT_EQ(error.kind(), ErrorKind::config) << bad;
    EXPECT_THAT(error.hint(), HasSubstr("PEM"));
  }
}

}  // namespace
}  // namespace tidegate::http
