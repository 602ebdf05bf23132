// Ways to reach an object store: temporary keys, roles, private authorities, other addresses; and
// what is found out of it before a run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>

#include "base/utc.hpp"
#include "support/fake_world.hpp"
#include "support/s3_place.hpp"
#include "support/tls_relay.hpp"
#include "support/witnesses.hpp"

namespace tidegate::test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

http::Outgoing refusal(int status, const std::string& code) {
  return {.status = status,
          .type = "application/xml",
          .body = "<Error><Code>" + code + "</Code><Message>its words</Message></Error>"};
}

class S3Access : public S3Place {
 protected:
  /// A whole life of an archive there.
  void expect_usable() {
    store()->check(run);
    const auto entry = put(run, *store(), {{"", "content"}});
    const auto opened = store();
    EXPECT_EQ(read_text(opened->fetch(run, entry)->path()), "content");
    ASSERT_THAT(opened->list(run, "syrf").archives, SizeIs(1));
    const auto lock = opened->lock(run, "syrf", 30s);
    opened->remove(run, "syrf", entry, *lock);
    EXPECT_THAT(opened->list(run, "syrf").archives, IsEmpty());
  }
  std::string all_said() const {
    std::string all = witnessed_.progress.text();
    for (const auto& line : witnessed_.lines) all += line + "\n";
    return all;
  }

  RealClock clock_;
  WitnessedRun witnessed_{clock_};
  tidegate::Run& run = witnessed_.run;
};

TEST_F(S3Access, ASessionTokenIsSentAndSignedWithEveryRequest) {
  // As long as those of a role with many tags.
  const auto token = "mark3d" + std::string(4000, 't') + "+/=";
  plan_.storage.session_token = Secret(token);
  std::atomic<int> without{0};
  between().before([&](const http::Incoming& request) -> std::optional<http::Outgoing> {
    const auto sent = request.headers.find("x-amz-security-token");
    if (sent == request.headers.end() || sent->second != token) ++without;
    return std::nullopt;
  });
  between().translate();  // which computes the signature again, the token included
  expect_usable();
  EXPECT_EQ(without, 0);
  EXPECT_THAT(all_said(), Not(HasSubstr("mark3d")));
}

TEST_F(S3Access, AnExpiredTokenIsNamedAsTheCause) {
  plan_.storage.session_token = Secret("mark3d+token");
  between().before([](const http::Incoming&) { return refusal(400, "ExpiredToken"); });
  const auto error = error_of([&] { store()->check(run); });
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_THAT(error.hint(), HasSubstr("(AWS_SESSION_TOKEN) has expired"));
  EXPECT_THAT(between().seen(), SizeIs(1)) << "it is not tried again";
  EXPECT_THAT(error.message() + error.hint() + all_said(), Not(HasSubstr("mark3d")));
}

/// A security token service that gives the test store's keys to the holder of a token.
class TokenService {
 public:
  explicit TokenService(const ArchivePlan& plan, Log& log)
      : id_(plan.storage.key_id),
        server_(
            {}, [this](const auto& ask) { return give(ask); }, log) {}
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }
  int given() const { return given_; }

 private:
  http::Outgoing give(const http::Incoming& request) {
    if (request.body.find("WebIdentityToken=the-token") == std::string::npos) {
      return {.status = 400,
              .body =
                  "<ErrorResponse><Error><Code>InvalidIdentityToken</Code></Error>"
                  "</ErrorResponse>"};
    }
    ++given_;
    return {.body =
                "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>"
                "<Credentials><AccessKeyId>" +
                id_ + "</AccessKeyId><SecretAccessKey>" + S3Server::secret() +
                "</SecretAccessKey><SessionToken>session-" + std::to_string(given_) +
                "</SessionToken><Expiration>" + to_rfc3339(RealClock().now() + 1h) +
                "</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
                "</AssumeRoleWithWebIdentityResponse>"};
  }
  std::string id_;
  std::atomic<int> given_{0};
  http::Server server_;
};

class S3Role : public S3Access {
 protected:
  void SetUp() override {
    S3Access::SetUp();
    if (server_ == nullptr) return;
    service_.emplace(plan_, witnessed_.log);
    plan_.storage.key_id = "";
    plan_.storage.key = Secret();
    plan_.storage.issuer =
        WebIdentity{"arn:aws:iam::1:role/r", token_file_, "tidegate", service_->url()};
  }
  TempDir directory_;
  std::string token_file_ = directory_.write("token", "the-token");
  std::optional<TokenService> service_;
};

TEST_F(S3Role, IsUsedInPlaceOfKeys) {
  between().translate();
  expect_usable();
  EXPECT_LE(service_->given(), 5) << "once for each store that was opened";
}

TEST_F(S3Role, KeysThatTheStoreNoLongerTakesAreFetchedAgain) {
  between().translate();
  std::atomic<int> refused{0};
  between().before([&](const http::Incoming& request) -> std::optional<http::Outgoing> {
    if (request.headers.at("x-amz-security-token") != "session-1") return std::nullopt;
    ++refused;
    return refusal(400, "ExpiredToken");
  });
  EXPECT_THAT(store()->list(run, "syrf").archives, IsEmpty());
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(service_->given(), 2);
}

TEST_F(S3Role, OneThatIsRefusedForGoodIsNamed) {
  between().before([](const http::Incoming&) { return refusal(403, "AccessDenied"); });
  const auto error = error_of([&] { store()->list(run, "syrf"); });
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_THAT(error.hint(), HasSubstr("the role 'arn:aws:iam::1:role/r' (web identity) needs s3:"));
  std::ofstream(token_file_) << "no-token";
  EXPECT_THAT(error_of([&] { store()->list(run, "syrf"); }).message(),
              HasSubstr("InvalidIdentityToken"));
}

TEST_F(S3Access, ThatHasACertificateOfAPrivateAuthority) {
  const TlsRelay relay(server_->port());
  plan_.storage.endpoint = "https://127.0.0.1:" + std::to_string(relay.port());
  manner_.tries = 1;
  const auto error = error_of([&] { store()->check(run); });
  EXPECT_EQ(error.kind(), ErrorKind::unreachable);
  EXPECT_THAT(error.hint(), HasSubstr("'storage.ca_file'"));
  plan_.storage.ca_file = relay.ca_file();
  expect_usable();
}

TEST_F(S3Access, WithTheBucketInTheHost) {
  plan_.storage.endpoint = "http://localhost:" + std::to_string(server_->port());
  plan_.storage.addressing = Addressing::virtual_host;
  expect_usable();
}

TEST_F(S3Access, ThroughAnEndpointWithAPath) {
  between().translate("/storage/v1/s3");
  plan_.storage.endpoint += "/storage/v1/s3";
  expect_usable();
  EXPECT_THAT(between().seen(), Each(HasSubstr(" storage/v1/s3/" + bucket_)));
}

TEST_F(S3Access, AProbeOfAKilledProcessIsRemovedAndALivingOneIsLeft) {
  server_->put(bucket_, "p/.probe dead-run.lock", "first");
  store()->check(run);
  EXPECT_THAT(server_->keys(bucket_), ElementsAre("p/.probe dead-run.lock"))
      << "it may belong to a check at this moment";
  pause(4s);
  store()->check(run);
  EXPECT_THAT(server_->keys(bucket_), IsEmpty());
}

TEST_F(S3Access, AProbeIsRemovedWhenItsRunIsStopped) {
  for (const auto* at : {"second", "first"}) {
    WitnessedRun stopped(clock_);
    between().after([&](const http::Incoming& request, http::Outgoing&) {
      if (request.method == "PUT" && request.body == at) stopped.stop.request_stop();
    });
    EXPECT_EQ(error_of([&] { store()->check(stopped.run); }).kind(), ErrorKind::cancelled);
    EXPECT_THAT(server_->keys(bucket_), IsEmpty()) << at;
  }
}

TEST_F(S3Access, AMissingRightIsFoundBeforeTheRun) {
  const struct {
    const char* method;
    const char* query;
  } rights[] = {
      {"PUT", ""}, {"DELETE", ""}, {"POST", "uploads"}, {"GET", "uploads"}, {"GET", "list"}};
  for (const auto& right : rights) {
    between().before([&](const http::Incoming& request) -> std::optional<http::Outgoing> {
      const bool is_it =
          request.method == right.method &&
          (*right.query == '\0' ? request.query.empty()
                                : request.query.find(right.query) != std::string::npos);
      if (!is_it) return std::nullopt;
      return refusal(403, "AccessDenied");
    });
    const auto error = error_of([&] { store()->check(run); });
    EXPECT_EQ(error.kind(), ErrorKind::permission) << right.method << right.query;
    EXPECT_THAT(error.hint(), HasSubstr("the keys need s3:ListBucket"));
  }
}

TEST_F(S3Access, APlaceForDraftsThatCannotBeWrittenIsFoundBeforeTheRun) {
  const SetVariable temporary("TMPDIR", "/nowhere");
  const auto error = error_of([&] { store()->check(run); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.hint(), HasSubstr("TMPDIR"));
}

class S3Settings : public S3Access {
 protected:
  std::vector<std::string> remarks() {
    between().before([this](const http::Incoming& request) -> std::optional<http::Outgoing> {
      for (const auto& [name, body] : settings) {
        if (request.query.starts_with(name)) return http::Outgoing{.body = body};
      }
      return std::nullopt;
    });
    std::vector<std::string> texts;
    for (const auto& remark : store()->remarks(run)) {
      texts.push_back(remark.text);
      EXPECT_NE(remark.hint, "");
    }
    return texts;
  }
  std::map<std::string, std::string> settings;
};

TEST_F(S3Settings, ThatCannotBeReadAreLeftOut) {
  EXPECT_THAT(remarks(), IsEmpty());
  settings = {{"lifecycle", "<html>"}, {"versioning", ""}};
  EXPECT_THAT(remarks(), IsEmpty());
}

TEST_F(S3Settings, OfALifecycleThatTakesArchivesAwayAreRemarked) {
  settings["lifecycle"] =
      "<LifecycleConfiguration>"
      "<Rule><ID>all</ID><Filter/><Status>Enabled</Status><Expiration><Days>3</Days></Expiration>"
      "<Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition>"
      "<Transition><Days>1</Days><StorageClass>STANDARD_IA</StorageClass></Transition></Rule>"
      "<Rule><ID>ours</ID><Prefix>p/</Prefix><Status>Enabled</Status>"
      "<Expiration><Date>2027-01-01</Date></Expiration></Rule>"
      "<Rule><ID>off</ID><Filter/><Status>Disabled</Status><Expiration><Days>1</Days></Expiration>"
      "</Rule>"
      "<Rule><ID>others</ID><Filter><And><Prefix>logs/</Prefix></And></Filter>"
      "<Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>"
      "</LifecycleConfiguration>";
  EXPECT_THAT(remarks(), ElementsAre(HasSubstr("'all' removes archives after 3 days"),
                                     HasSubstr("'all' moves archives to GLACIER after 1 days"),
                                     HasSubstr("'ours' removes archives on 2027-01-01")));
}

TEST_F(S3Settings, OfVersionsAreRemarkedUnlessARuleRemovesThem) {
  settings["versioning"] =
      "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
  EXPECT_THAT(remarks(), ElementsAre(HasSubstr("the bucket keeps versions")));
  settings["object-lock"] =
      "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>"
      "<DefaultRetention><Mode>COMPLIANCE</Mode><Days>30</Days></DefaultRetention></Rule>"
      "</ObjectLockConfiguration>";
  EXPECT_THAT(remarks(), ElementsAre(HasSubstr("object lock keeps every version for 30 days")));
  settings.erase("object-lock");
  settings["lifecycle"] =
      "<LifecycleConfiguration><Rule><ID>v</ID><Filter/><Status>Enabled</Status>"
      "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays>"
      "</NoncurrentVersionExpiration></Rule></LifecycleConfiguration>";
  EXPECT_THAT(remarks(), IsEmpty());
}

}  // namespace
}  // namespace tidegate::test
