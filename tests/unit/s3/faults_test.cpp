#include "archive/s3/faults.hpp"

#include <gtest/gtest.h>

namespace tidegate::archive::s3 {
namespace {

http::Answer answer(int status, const std::string& code) {
  return {status,
          {},
          "<?xml version=\"1.0\"?><Error><Code>" + code +
              "</Code><Message>its words</Message></Error>"};
}

class S3Faults : public testing::Test {
 protected:
  Error of(const http::Answer& what, KeysUsed keys = {"databases.syrf.snapshot.storage"}) const {
    return fault(what, "write 'x'", address_, keys);
  }
  ArchivePlan plan_{.place = "s3://backups/p",
                    .storage = {"https://host", "r", "id", Secret("key"), "o"}};
  Address address_{plan_};
};

TEST_F(S3Faults, ReportsARefusalInTheStoresWords) {
  const auto error = of(answer(403, "AccessDenied"));
  EXPECT_EQ(error.message(), "cannot write 'x' in 's3://backups/p': AccessDenied: its words");
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_EQ(error.server_code(), 403);
  EXPECT_NE(error.hint().find("s3:PutObject"), std::string::npos);
  EXPECT_EQ(of({418, {}, "<html>"}).message(), "cannot write 'x' in 's3://backups/p': status 418");
}

TEST_F(S3Faults, OfKeysNameWhatIsWrongWithThem) {
  const std::string origin = "databases.syrf.snapshot.storage", role = "the role 'r'";
  const struct {
    const char* code;
    KeysUsed keys;
    const char* hint;
  } rows[] = {
      {"InvalidAccessKeyId", {origin}, "storage.access_key_id' and"},
      {"ExpiredToken",
       {origin, "", true},
       "storage.session_token' (AWS_SESSION_TOKEN) has expired"},
      {"InvalidToken", {origin, "", true}, "is damaged or belongs to other keys"},
      {"InvalidToken", {origin, "", false, true}, "are temporary and need"},
      {"InvalidAccessKeyId", {origin, "", false, true}, "(AWS_SESSION_TOKEN)"},
      {"ExpiredToken", {origin, role, true}, "the keys come from the role 'r'"},
      {"AccessDenied", {origin, role, true}, "the role 'r' needs s3:ListBucket"},
      {"AccessDenied", {origin, "", true}, "the keys need s3:ListBucket"},
      {"RequestTimeTooSkewed", {origin, role, true}, "clock"},
  };
  for (const auto& row : rows) {
    const auto error = of(answer(403, row.code), row.keys);
    EXPECT_EQ(error.kind(), ErrorKind::permission) << row.code;
    EXPECT_NE(error.hint().find(row.hint), std::string::npos) << row.code << ": " << error.hint();
  }
  EXPECT_EQ(of(answer(400, "ExpiredToken"), {origin, "", true}).kind(), ErrorKind::permission);
  EXPECT_TRUE(is_about_keys(answer(400, "ExpiredToken")));
  EXPECT_FALSE(is_about_keys(answer(403, "AccessDenied")));
  EXPECT_FALSE(is_about_keys(answer(200, "ExpiredToken")));
}

TEST_F(S3Faults, EachHasItsKind) {
  const struct {
    int status;
    const char* code;
    ErrorKind kind;
    bool passing;
  } rows[] = {
      {403, "SignatureDoesNotMatch", ErrorKind::permission, false},
      {403, "RequestTimeTooSkewed", ErrorKind::permission, false},
      {404, "NoSuchBucket", ErrorKind::config, false},
      {404, "NoSuchKey", ErrorKind::not_found, false},
      {400, "AuthorizationHeaderMalformed", ErrorKind::config, false},
      {301, "PermanentRedirect", ErrorKind::config, false},
      {412, "PreconditionFailed", ErrorKind::conflict, false},
      {409, "ConditionalRequestConflict", ErrorKind::conflict, true},
      {507, "XMinioStorageFull", ErrorKind::no_space, false},
      {501, "NotImplemented", ErrorKind::config, false},
      {503, "SlowDown", ErrorKind::remote, true},
      {500, "InternalError", ErrorKind::remote, true},
      {429, "Throttling", ErrorKind::remote, true},
      {400, "RequestTimeout", ErrorKind::remote, true},
      {400, "InvalidArgument", ErrorKind::remote, false},
      {200, "InternalError", ErrorKind::remote, true},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(of(answer(row.status, row.code)).kind(), row.kind) << row.code;
    EXPECT_EQ(is_passing(answer(row.status, row.code)), row.passing) << row.code;
  }
  EXPECT_FALSE(is_passing({200, {}, "{\"a\": \"text\"}"}));
  EXPECT_FALSE(is_passing({200, {}, ""}));
}

}  // namespace
}  // namespace tidegate::archive::s3
