#include "engine/mongodb/driver/faults.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/driver/server_codes.hpp"

namespace tidegate::engine::mongodb {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Error translated(std::uint32_t domain, std::uint32_t code, const char* words,
                 const Bson& reply = {}, Stopping stopping = Stopping::no) {
  bson_error_t error;
  bson_set_error(&error, domain, code, "%s", words);
  return translate(error, reply, "find on 'shop'", "db:27017", stopping);
}

Error from_the_server(int code, const char* words = "words") {
  return translated(MONGOC_ERROR_SERVER, static_cast<std::uint32_t>(code), words);
}

Error signing_in(const char* words) {
  return translated(MONGOC_ERROR_CLIENT, MONGOC_ERROR_CLIENT_AUTHENTICATE, words);
}

TEST(Faults, OfEachCodeAreTheKindThatUsersKnow) {
  const std::vector<std::pair<int, ErrorKind>> kinds{
      {13, ErrorKind::permission},     {18, ErrorKind::permission},
      {50, ErrorKind::timeout},        {14031, ErrorKind::no_space},
      {10107, ErrorKind::unreachable}, {11600, ErrorKind::unreachable},
      {91, ErrorKind::unreachable},    {64, ErrorKind::unreachable},
      {112, ErrorKind::unreachable},   {239, ErrorKind::remote},
      {121, ErrorKind::remote},        {11601, ErrorKind::remote},
  };
  for (const auto& [code, kind] : kinds) {
    const auto error = from_the_server(code);
    EXPECT_EQ(error.kind(), kind) << code;
    EXPECT_EQ(error.server_code(), code);
    EXPECT_THAT(error.message(), HasSubstr("words"));
  }
}

TEST(Faults, OfWhatTheServerRefusesForGoodAreNotTriedAgain) {
  for (const int code : {2,     9,     14,    20,    22,    59,    67,    72,    73,   85,  86,
                         115,   121,   165,   167,   168,   171,   197,   238,   303,  304, 10334,
                         13297, 16990, 17152, 28769, 31264, 40324, 40415, 51132, 51185}) {
    const auto error = from_the_server(code);
    EXPECT_FALSE(error.retryable()) << code;
    EXPECT_FALSE(is_transient(error)) << code;
  }
  for (const int code : {26, 48, 136, 175, 239, 246, 276, 11000, 11601, 4711}) {
    EXPECT_TRUE(from_the_server(code).retryable()) << code;
  }
}

TEST(Faults, OfANameThatDiffersInCaseAreARefusalWithAHint) {
  const auto error =
      from_the_server(13297, "db already exists with different case already have: [MS]");
  EXPECT_EQ(error.kind(), ErrorKind::refused);
  EXPECT_THAT(error.message(), HasSubstr("already have: [MS]"));
  EXPECT_THAT(error.hint(), HasSubstr("case of its letters"));
  EXPECT_TRUE(was_not_written(error));
}

TEST(ServerCodes, AgreeWithTheirMeaning) {
  for (int code = 1; code < 60'000; ++code) {
    const auto& row = look_up(code);
    if (row.code != code) continue;
    EXPECT_FALSE(row.name.empty()) << code;
    const bool transient = row.meaning == CodeMeaning::transient;
    EXPECT_EQ(transient, row.kind == ErrorKind::unreachable) << code;
    const bool in_vain =
        row.meaning == CodeMeaning::unsupported || row.meaning == CodeMeaning::malformed;
    EXPECT_TRUE(!in_vain || row.retry == Retry::in_vain) << code;
    // A command that may succeed a moment later may have been carried out.
    EXPECT_TRUE(!transient || row.written == Written::unknown) << code;
    EXPECT_EQ(is_transient(from_the_server(code)), transient) << code;
  }
}

TEST(Faults, NameTheRightThatIsMissing) {
  EXPECT_THAT(from_the_server(13).message(), HasSubstr("missing right: find on 'shop'"));
}

TEST(Faults, OfSharedTiersAreRefusalsButAtTheirQuota) {
  EXPECT_EQ(from_the_server(8000, "command dbHash is not allowed").kind(), ErrorKind::permission);
  EXPECT_EQ(from_the_server(8000, "you are over your space quota, using 512 MB of 512 MB").kind(),
            ErrorKind::no_space);
}

TEST(Faults, OfAWriteConcernAreThoseOfAWriteThatWasCarriedOut) {
  const auto reply = doc("ok", 1, "writeConcernError", doc("code", 91, "errmsg", "shutdown"));
  for (const auto stopping : {Stopping::no, Stopping::yes}) {
    const auto error = translated(MONGOC_ERROR_SERVER, 91, "shutdown", reply, stopping);
    EXPECT_TRUE(was_written(error));
    EXPECT_FALSE(was_not_written(error));
  }
  const auto unmet = translated(MONGOC_ERROR_WRITE_CONCERN, 100, "no such tag", reply);
  EXPECT_TRUE(was_written(unmet));
}

TEST(Faults, OfACommandThatFailedAreNoneOfItsWriteConcern) {
  const auto concern = doc("code", 64, "errmsg", "waiting timed out");
  const auto refused = translated(MONGOC_ERROR_SERVER, 13, "not authorized",
                                  doc("ok", 0, "code", 13, "writeConcernError", concern));
  EXPECT_FALSE(was_written(refused));
  EXPECT_TRUE(was_not_written(refused));
}

TEST(Faults, LeaveItOpenWhetherAWriteWasCarriedOutUnlessItWasRefused) {
  for (const int code : {2, 9, 13, 18, 121, 10334, 14031}) {
    EXPECT_TRUE(was_not_written(from_the_server(code))) << code;
  }
  for (const int code : {50, 64, 91, 189, 10107, 11600, 11601, 11602, 4711}) {
    EXPECT_FALSE(was_not_written(from_the_server(code))) << code;
    EXPECT_FALSE(was_written(from_the_server(code))) << code;
  }
  EXPECT_FALSE(was_not_written(translated(MONGOC_ERROR_STREAM, 1, "socket error or timeout")));
  EXPECT_TRUE(was_not_written(translated(MONGOC_ERROR_SERVER_SELECTION, 1, "no servers")));
}

TEST(Faults, AreTheStopsOnceTheRunWasStopped) {
  EXPECT_EQ(translated(MONGOC_ERROR_SERVER, 11601, "interrupted", {}, Stopping::yes).kind(),
            ErrorKind::cancelled);
}

TEST(Faults, OfTheReplyCountMoreThanWhatTheLibraryMakesOfThem) {
  const auto error = translated(MONGOC_ERROR_QUERY, MONGOC_ERROR_QUERY_FAILURE, "failed",
                                doc("code", 246, "errmsg", "snapshot unavailable"));
  EXPECT_EQ(error.server_code(), 246);
  EXPECT_TRUE(says_source_changed(error));
}

TEST(Faults, OfSigningInAreTheCredentials) {
  for (const char* words : {"Authentication failed.", "bad auth : authentication failed",
                            "Failed to verify server signature"}) {
    const auto error = signing_in(words);
    EXPECT_EQ(error.kind(), ErrorKind::permission) << words;
    EXPECT_EQ(error.server_code(), k_authentication_failed) << words;
    EXPECT_THAT(error.message(), HasSubstr("cannot sign in to db:27017"));
  }
}

TEST(Faults, OfTheConnectionWhileSigningInAreTheNetworks) {
  for (const char* words :
       {"Failed to send \"saslStart\" command with database \"admin\": Failed to read 4 bytes: "
        "socket error or timeout",
        "The server is in quiesce mode and will shut down: shutting down",
        "interrupted at shutdown"}) {
    const auto error = signing_in(words);
    EXPECT_EQ(error.kind(), ErrorKind::unreachable) << words;
    EXPECT_TRUE(is_transient(error)) << words;
    EXPECT_NE(error.server_code(), k_authentication_failed) << words;
    EXPECT_THAT(error.hint(), Not(HasSubstr("password"))) << words;
  }
}

TEST(Faults, SayNothingOfTheCommandsValues) {
  const auto error = from_the_server(
      13, "not authorized on shop to execute command { find: \"secret\", filter: {} }");
  EXPECT_THAT(error.message(), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace tidegate::engine::mongodb
