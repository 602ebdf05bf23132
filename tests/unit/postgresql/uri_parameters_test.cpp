#include "engine/postgresql/driver/uri_parameters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "engine/postgresql/driver/connection.hpp"

namespace tidegate::engine::postgresql {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(UriParameters, AreNamedWhereLibpqDoesNotKnowThem) {
  EXPECT_THAT(unknown_parameters("postgresql://u:p@h/d?schema=public&connection_limit=5"),
              ElementsAre("schema", "connection_limit"));
  EXPECT_THAT(unknown_parameters("postgresql://h/d?sslmode=require&pgbouncer=true&ssl=true"),
              ElementsAre("pgbouncer"));
  EXPECT_THAT(unknown_parameters("postgresql://h/d?Schema=x&serverVersion=15"),
              ElementsAre("Schema", "serverVersion"));
}

TEST(UriParameters, AreNotFoundInAUrlThatLibpqAccepts) {
  EXPECT_THAT(unknown_parameters("postgresql://h/d"), IsEmpty());
  EXPECT_THAT(unknown_parameters("postgresql://h/d?"), IsEmpty());
  EXPECT_THAT(unknown_parameters("postgresql://h/d?host=/run&options=-c%20x%3D1&&dbname=e"),
              IsEmpty());
  EXPECT_THAT(unknown_parameters("host=h dbname=d"), IsEmpty());
}

TEST(UriParameters, AreNotNamedWhereTheyMayBeAPartOfThePassword) {
  EXPECT_THAT(unknown_parameters("postgresql://u:pa?ss=word&more=x@h/d"), IsEmpty());
  EXPECT_THAT(unknown_parameters("postgresql://h/d?pass word=x&a;b=y&=z"), IsEmpty());
  EXPECT_THAT(unknown_parameters("postgresql://h/d?word"), IsEmpty());
}

TEST(UriParameters, AreInTheErrorWithTheKeyAndTheLine) {
  Endpoint endpoint;
  endpoint.uri = Secret("postgresql://u:hidden@h/d?schema=public");
  endpoint.origin = "tidegate.yaml:5 databases.shop.production.uri";
  try {
    const Conninfo conninfo(endpoint);
    FAIL() << "it was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_THAT(error.message(), HasSubstr("a parameter that libpq does not know: 'schema'"));
    EXPECT_THAT(error.message(), Not(HasSubstr("hidden")));
    EXPECT_THAT(error.hint(), HasSubstr("remove it here"));
    EXPECT_EQ(error.context(), endpoint.origin);
  }
}

}  // namespace
}  // namespace tidegate::engine::postgresql
