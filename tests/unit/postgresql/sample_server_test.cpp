#include "engine/postgresql/demo/sample_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::engine::postgresql {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(PostgresqlSample, SignsInAsItsOwnUsersOnTheSameServer) {
  for (const auto* uri :
       {"postgresql://u:secret@h:5433/postgres?sslmode=require",
        "host=h port=5433 dbname=postgres user=u password=secret sslmode=require"}) {
    const auto text = without_user(uri).value();
    for (const auto* part : {"host='h'", "port='5433'", "sslmode='require'"}) {
      EXPECT_THAT(text, HasSubstr(part)) << uri;
    }
    EXPECT_THAT(text, Not(HasSubstr("secret")));
    EXPECT_THAT(text, Not(HasSubstr("user=")));
  }
}

TEST(PostgresqlSample, HasNoUsersOfItsOwnWhereSignInTakesNoPassword) {
  EXPECT_EQ(without_user("postgresql://h/?sslcert=/c.pem"), std::nullopt);
}

}  // namespace
}  // namespace tidegate::engine::postgresql
