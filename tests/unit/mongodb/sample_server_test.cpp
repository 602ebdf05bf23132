#include "engine/mongodb/demo/sample_server.hpp"

#include <gtest/gtest.h>

namespace tidegate::engine::mongodb {
namespace {

TEST(MongodbSample, SignsInAsItsOwnUsersOnTheSameServer) {
  EXPECT_EQ(without_user("mongodb://u:p%40@h1:1,h2:2/db?replicaSet=x&authSource=other"),
            "mongodb://h1:1,h2:2/?authSource=admin&replicaSet=x");
  EXPECT_EQ(without_user("mongodb+srv://u:p@cluster.example.org"),
            "mongodb+srv://cluster.example.org/?authSource=admin");
  EXPECT_EQ(without_user("mongodb://h/?tls=true"), "mongodb://h/?authSource=admin&tls=true");
}

TEST(MongodbSample, HasNoUsersOfItsOwnWherePasswordsAreNotHowOneSignsIn) {
  EXPECT_EQ(without_user("mongodb://h/?authMechanism=MONGODB-X509"), std::nullopt);
}

}  // namespace
}  // namespace tidegate::engine::mongodb
