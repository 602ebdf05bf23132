#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample.hpp"

namespace tidegate::config {
namespace {

using testing::HasSubstr;

Config with(std::string_view keys, Environment environment = {}) {
  return sample::load(sample::changed("schedule: '0 3 * * 0'", keys), std::move(environment));
}

TEST(Serving, KnowsTheSchedule) {
  EXPECT_EQ(with("schedule: '0 3 * * MON'").schedule("app")->text(), "0 3 * * MON");
  EXPECT_FALSE(with("retries: 1").schedule("app"));
}

TEST(Serving, SaysWhereAScheduleThatAVariableBroughtIsWrong) {
  const auto config = with("schedule: '${WHEN}'", {{"WHEN", "0 25 * * *"}});
  const auto error = sample::error_of([&] { config.schedule("app"); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_EQ(error.message(),
            "tidegate.yaml:5: databases.app.snapshot.schedule: '0 25 * * *' is not a schedule: its "
            "hour '25' is not 0 to 23");
}

TEST(Serving, KnowsTheDrillByNameOrByCron) {
  EXPECT_EQ(with("drill: weekly").drill("app")->text(), "@weekly");
  EXPECT_EQ(with("drill: daily").drill("app")->text(), "@daily");
  EXPECT_EQ(with("drill: monthly").drill("app")->text(), "@monthly");
  EXPECT_EQ(with("drill: '0 5 * * 6'").drill("app")->text(), "0 5 * * 6");
  EXPECT_FALSE(sample::load().drill("app"));
}

TEST(Serving, IsOnAndWaitsForItsTimeUnlessToldOtherwise) {
  EXPECT_TRUE(sample::load().enabled("app"));
  EXPECT_FALSE(sample::load().on_start("app"));
  EXPECT_FALSE(sample::load().off());
  EXPECT_FALSE(with("enabled: no").enabled("app"));
  EXPECT_TRUE(with("on_start: yes").on_start("app"));
}

TEST(Serving, ListensOnThisMachineAloneUnlessToldOtherwise) {
  const auto listening = [](std::string_view text) {
    const auto address =
        sample::load(sample::k_file, {{"TIDEGATE_SERVER_LISTEN", std::string(text)}}).listen();
    return address.address + " " + std::to_string(address.port);
  };
  EXPECT_EQ(listening(""), "127.0.0.1 8080");
  EXPECT_EQ(listening("10.0.0.1:80"), "10.0.0.1 80");
  EXPECT_EQ(listening(":9000"), "0.0.0.0 9000");
  EXPECT_EQ(listening("[::1]:0"), "::1 0");
}

}  // namespace
}  // namespace tidegate::config
