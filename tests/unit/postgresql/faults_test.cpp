#include "engine/postgresql/driver/faults.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::engine::postgresql {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Faults, OfEachClassHaveTheDocumentedKind) {
  const std::vector<std::pair<std::string, ErrorKind>> kinds{
      {"28P01", ErrorKind::permission},  {"28000", ErrorKind::permission},
      {"42501", ErrorKind::permission},  {"53100", ErrorKind::no_space},
      {"53300", ErrorKind::unreachable}, {"08006", ErrorKind::unreachable},
      {"57P01", ErrorKind::unreachable}, {"57P03", ErrorKind::unreachable},
      {"55006", ErrorKind::conflict},    {"42P04", ErrorKind::conflict},
      {"3D000", ErrorKind::not_found},   {"42P01", ErrorKind::remote},
      {"", ErrorKind::unreachable},
  };
  for (const auto& [state, kind] : kinds) {
    const auto error = translate({state, "words", ""}, "", "db:5432");
    EXPECT_EQ(error.kind(), kind) << state;
    EXPECT_THAT(error.message(), HasSubstr("words"));
    EXPECT_EQ(error.server_code(), code_of(state)) << state;
  }
}

TEST(Faults, NameTheRightThatIsMissing) {
  const auto error = translate({"42501", "permission denied", ""}, "CREATEDB", "db:5432");
  EXPECT_THAT(error.message(), HasSubstr("missing right: CREATEDB"));
  EXPECT_THAT(error.message(), HasSubstr("42501"));
}

TEST(Faults, DistinguishATimeLimitFromACancelledStatement) {
  const auto limit =
      translate({"57014", "canceling statement due to statement timeout", ""}, "", "db");
  EXPECT_EQ(limit.kind(), ErrorKind::timeout);
  const auto other = translate({"57014", "canceling statement due to user request", ""}, "", "db");
  EXPECT_EQ(other.kind(), ErrorKind::remote);
}

TEST(ConnectFaults, AreReadFromTheVerboseText) {
  const auto error = translate_connect(
      "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  28P01: password "
      "authentication failed for user \"ann\"\nLOCATION:  auth_failed, auth.c:326\n",
      "db:5432");
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_TRUE(is_sign_in(error));
  EXPECT_THAT(error.message(), HasSubstr("password authentication failed for user \"ann\""));
  EXPECT_THAT(error.message(), Not(HasSubstr("auth.c")));
}

TEST(ConnectFaults, WithoutAServersAnswerAreUnreachable) {
  const auto error = translate_connect(
      "connection to server at \"::1\", port 1 failed: Connection refused\n\tIs the server running "
      "on that host and accepting TCP/IP connections?\n",
      "[::1]:1");
  EXPECT_EQ(error.kind(), ErrorKind::unreachable);
  EXPECT_FALSE(is_sign_in(error));
  EXPECT_THAT(error.message(), HasSubstr("cannot reach [::1]:1"));
  EXPECT_THAT(error.message(), Not(HasSubstr("\n")));
}

TEST(ConnectFaults, OfAMissingPasswordAreAFailedSignIn) {
  EXPECT_TRUE(is_sign_in(translate_connect("fe_sendauth: no password supplied\n", "db:5432")));
}

}  // namespace
}  // namespace tidegate::engine::postgresql
