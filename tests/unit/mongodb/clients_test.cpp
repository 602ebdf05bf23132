#include "engine/mongodb/driver/clients.hpp"

#include <gtest/gtest.h>

namespace tidegate::engine::mongodb {
namespace {

std::string url(const std::string& uri, const std::string& user = {},
                const std::string& password = {}) {
  Endpoint endpoint;
  endpoint.uri = Secret(uri);
  endpoint.username = user;
  endpoint.password = Secret(password);
  return url_of(endpoint, "syrf_pr_1");
}

TEST(UrlOf, NamesTheDatabaseAndWhereTheUserIsLookedFor) {
  EXPECT_EQ(url("mongodb://h:1,i:2"), "mongodb://h:1,i:2/syrf_pr_1");
  EXPECT_EQ(url("mongodb://h/other?replicaSet=r"), "mongodb://h/syrf_pr_1?replicaSet=r");
  EXPECT_EQ(url("mongodb://u:p%40%2F@h/?tls=false"),
            "mongodb://u:p%40%2F@h/syrf_pr_1?tls=false&authSource=admin");
  EXPECT_EQ(url("mongodb://u:p@h/?authsource=own"), "mongodb://u:p@h/syrf_pr_1?authsource=own");
  EXPECT_EQ(url("mongodb://h/?appName=a%40b"), "mongodb://h/syrf_pr_1?appName=a%40b");
}

TEST(UrlOf, TakesUserAndPasswordThatStandBeside) {
  EXPECT_EQ(url("mongodb://h:1/", "me", "p@ss w/"),
            "mongodb://me:p%40ss%20w%2F@h:1/syrf_pr_1?authSource=admin");
  EXPECT_EQ(url("mongodb://u:p@h/", "me", "other"), "mongodb://u:p@h/syrf_pr_1?authSource=admin");
}

}  // namespace
}  // namespace tidegate::engine::mongodb
