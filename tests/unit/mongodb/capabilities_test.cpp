#include "engine/mongodb/access/capabilities.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::engine::mongodb {
namespace {

using ::testing::HasSubstr;

Bson version(const char* text) { return doc("version", text); }
Bson replica_set() {
  return doc("setName", "atlas-x1", "localTime", SystemTime{} + std::chrono::hours(1));
}

TEST(Capabilities, OfAReplicaSetReachOnePointInTime) {
  const auto found = describe(
      Bson::from_json(R"({"version": "7.0.14", "versionArray": [7, 0, 14, 0]})"), replica_set());
  EXPECT_EQ(found.product, "MongoDB");
  EXPECT_EQ(found.version, "7.0.14");
  EXPECT_EQ(found.deployment, "replica set atlas-x1");
  EXPECT_TRUE(found.point_in_time);
  EXPECT_TRUE(found.why_not.empty());
  EXPECT_TRUE(found.server_checksum);
  EXPECT_EQ(found.method, "$out");
  EXPECT_EQ(found.server_time, SystemTime{} + std::chrono::hours(1));
}

TEST(Capabilities, OfAShardedClusterLackTheServersChecksum) {
  const auto found = describe(version("8.0.0"), doc("msg", "isdbgrid"));
  EXPECT_EQ(found.deployment, "sharded cluster");
  EXPECT_TRUE(found.point_in_time);
  EXPECT_FALSE(found.server_checksum);
}

TEST(Capabilities, OfAStandaloneAndOfAnOldServerSayWhyThereIsNoPointInTime) {
  const auto standalone = describe(version("7.0.14"), doc("isWritablePrimary", true));
  EXPECT_EQ(standalone.deployment, "standalone");
  EXPECT_FALSE(standalone.point_in_time);
  EXPECT_THAT(standalone.why_not, HasSubstr("replica set"));
  const auto old = describe(version("4.4.29"), replica_set());
  EXPECT_FALSE(old.point_in_time);
  EXPECT_THAT(old.why_not, HasSubstr("4.4.29"));
}

TEST(Capabilities, RefuseAServerThatIsTooOld) {
  for (const char* text : {"4.2.24", "3.6.0", "4.0", ""}) {
    try {
      describe(version(text), replica_set());
      FAIL() << text << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::refused);
      EXPECT_THAT(error.message(), HasSubstr("4.4"));
      EXPECT_THAT(error.message(), HasSubstr(text));
    }
  }
}

TEST(Capabilities, OfASecondaryAloneAreThatNothingCanBeWritten) {
  try {
    describe(version("7.0.14"),
             doc("setName", "rs0", "secondary", true, "me", "db2.example.org:27017"));
    FAIL() << "a secondary was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unreachable);
    EXPECT_THAT(error.message(), HasSubstr("'db2.example.org:27017' is a secondary"));
    EXPECT_THAT(error.hint(), HasSubstr("replicaSet=rs0"));
  }
}

}  // namespace
}  // namespace tidegate::engine::mongodb
