#include "engine/postgresql/copy/settings.hpp"

#include <gtest/gtest.h>

#include "engine/postgresql/publish/lease.hpp"

namespace tidegate::engine::postgresql {
namespace {

using Names = std::vector<std::string>;

TEST(SettingsThatAreLists, AreReadInTheServersForm) {
  EXPECT_EQ(names_in_setting("\"$user\", public"), (Names{"$user", "public"}));
  EXPECT_EQ(names_in_setting("\"a,\"\"b\", c"), (Names{"a,\"b", "c"}));
  EXPECT_EQ(names_in_setting("\"\""), Names{""});
  EXPECT_EQ(names_in_setting(""), Names{});
}

TEST(Arrays, KeepQuotesAndBackslashes) {
  EXPECT_EQ(array_of({"a", "b \"c\"", "d\\e", ""}), R"({"a","b \"c\"","d\\e",""})");
  EXPECT_EQ(array_of({}), "{}");
}

TEST(SessionName, NamesTheHolderOfALease) {
  const auto holder = holder_named("tidegate/20261122T030004-7f3a92c1 4711@db-host");
  ASSERT_TRUE(holder);
  EXPECT_EQ(holder->run, "20261122T030004-7f3a92c1");
  EXPECT_EQ(holder->process, 4711);
  EXPECT_EQ(holder->host, "db-host");
  EXPECT_FALSE(holder->expired);
  EXPECT_EQ(holder_named(session_name("20261122T030004-7f3a92c1"))->run,
            "20261122T030004-7f3a92c1");
  EXPECT_LE(session_name("20261122T030004-7f3a92c1").size(), 63U);
  EXPECT_FALSE(holder_named("psql"));
  EXPECT_EQ(holder_named("tidegate/20261122T030004-7f3a92c1")->process, 0);
}

}  // namespace
}  // namespace tidegate::engine::postgresql
