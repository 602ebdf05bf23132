#include "engine/postgresql/driver/sql_states.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/postgresql/driver/faults.hpp"

namespace tidegate::engine::postgresql {
namespace {

using testing::HasSubstr;

Error failure(const std::string& state, const std::string& words = "words") {
  return translate({state, words, "", ""}, "", "db:5432");
}

struct Expected {
  const char* state;
  ErrorKind kind;
  bool retryable;
  const char* hint;  ///< a part of it; empty: no hint
};

class SqlStates : public testing::TestWithParam<Expected> {};

TEST_P(SqlStates, GiveKindRetryAndHint) {
  const auto& expected = GetParam();
  const auto error = failure(expected.state);
  EXPECT_EQ(error.kind(), expected.kind);
  EXPECT_EQ(error.retryable(), expected.retryable);
  EXPECT_EQ(error.server_code(), code_of(expected.state));
  if (*expected.hint == '\0') {
    EXPECT_EQ(error.hint(), "");
  } else {
    EXPECT_THAT(error.hint(), HasSubstr(expected.hint));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, SqlStates,
    testing::Values(Expected{"08006", ErrorKind::unreachable, true, "server runs"},
                    Expected{"08P01", ErrorKind::unreachable, true, "server runs"},
                    Expected{"0A000", ErrorKind::remote, false, ""},
                    Expected{"0LP01", ErrorKind::permission, false, "--grants"},
                    Expected{"22023", ErrorKind::remote, false, "a value or a function"},
                    Expected{"22P02", ErrorKind::remote, false, "a value or a function"},
                    Expected{"23503", ErrorKind::remote, false, "NOT VALID"},
                    Expected{"23505", ErrorKind::remote, false, "NOT VALID"},
                    Expected{"23514", ErrorKind::remote, false, "NOT VALID"},
                    Expected{"25006", ErrorKind::remote, false, "primary"},
                    Expected{"25P03", ErrorKind::unreachable, true, "server runs"},
                    Expected{"25P04", ErrorKind::timeout, true, ""},
                    Expected{"28000", ErrorKind::permission, false, "pg_hba.conf"},
                    Expected{"28P01", ErrorKind::permission, false, "password"},
                    Expected{"2BP01", ErrorKind::remote, false, "left out"},
                    Expected{"3D000", ErrorKind::not_found, false, ""},
                    Expected{"3F000", ErrorKind::remote, false, "qualify"},
                    Expected{"40001", ErrorKind::remote, true, ""},
                    Expected{"40P01", ErrorKind::remote, true, ""},
                    Expected{"42501", ErrorKind::permission, false, "--grants"},
                    Expected{"42883", ErrorKind::remote, false, "qualify"},
                    Expected{"42P01", ErrorKind::remote, true, "qualify"},
                    Expected{"42P04", ErrorKind::conflict, true, ""},
                    Expected{"53100", ErrorKind::no_space, false, "free space"},
                    Expected{"53200", ErrorKind::remote, true, ""},
                    Expected{"53300", ErrorKind::unreachable, true, "max_connections"},
                    Expected{"53400", ErrorKind::remote, false, "limit"},
                    Expected{"54000", ErrorKind::remote, false, "limit"},
                    Expected{"55006", ErrorKind::conflict, true, ""},
                    Expected{"55P03", ErrorKind::remote, true, ""},
                    Expected{"57014", ErrorKind::remote, true, ""},
                    Expected{"57P01", ErrorKind::unreachable, true, "server runs"},
                    Expected{"57P03", ErrorKind::unreachable, true, "server runs"},
                    Expected{"57P04", ErrorKind::not_found, false, ""},
                    Expected{"58030", ErrorKind::remote, false, "pg_amcheck"},
                    Expected{"58P01", ErrorKind::remote, false, "pg_amcheck"},
                    Expected{"HV00N", ErrorKind::remote, false, "a value or a function"},
                    Expected{"P0001", ErrorKind::remote, false, "a value or a function"},
                    Expected{"XX000", ErrorKind::remote, true, ""},
                    Expected{"XX001", ErrorKind::remote, false, "pg_amcheck"},
                    Expected{"XX002", ErrorKind::remote, false, "pg_amcheck"},
                    Expected{"ZZ999", ErrorKind::remote, true, ""}),
    [](const auto& each) { return std::string(each.param.state); });

TEST(SqlStates, DistinguishAMissingExtensionFromOtherFailuresOfTheSameCode) {
  for (const auto* state : {"0A000", "22023", "58P01"}) {
    EXPECT_THAT(failure(state, "extension \"postgis\" is not available").hint(),
                HasSubstr("install the extension"))
        << state;
  }
}

TEST(SqlStates, AskForANewSnapshotAfterAStaleCollationAndTryOnce) {
  // The server has no code for it, and does not translate the statement.
  const auto error =
      translate({"XX000", "template database \"s\" has a collation version mismatch", "",
                 "… run ALTER DATABASE s REFRESH COLLATION VERSION, or build PostgreSQL with …"},
                "", "db:5432");
  EXPECT_FALSE(error.retryable());
  EXPECT_THAT(error.hint(), HasSubstr("take a new snapshot"));
  EXPECT_THAT(error.hint(), HasSubstr("REFRESH COLLATION VERSION"));
}

TEST(SqlStates, DistinguishRowLevelSecurityFromAMissingGrant) {
  const auto error = translate(
      {"42501", "query would be affected by row-level security policy for table \"doc\"", "", ""},
      "SELECT on doc", "db:5432");
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_THAT(error.message(), testing::Not(HasSubstr("missing right")));
  EXPECT_THAT(error.hint(), HasSubstr("BYPASSRLS"));
}

TEST(SqlStates, UseTheServersOwnHintWhereTheTableHasNone) {
  EXPECT_EQ(translate({"40001", "words", "", "The transaction might succeed if retried."}, "", "d")
                .hint(),
            "The transaction might succeed if retried.");
}

TEST(SqlStates, MarkTransientErrors) {
  for (const auto* state : {"40P01", "53200", "53300", "XX000"}) {
    EXPECT_TRUE(is_transient(failure(state))) << state;
  }
  for (const auto* state : {"42P01", "23505", "22P02", "28P01"}) {
    EXPECT_FALSE(is_transient(failure(state))) << state;
  }
  EXPECT_FALSE(is_transient(Error(ErrorKind::remote, "no code")));
}

}  // namespace
}  // namespace tidegate::engine::postgresql
