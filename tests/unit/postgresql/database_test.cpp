#include "engine/postgresql/copy/database.hpp"

#include <gtest/gtest.h>

#include "support/fake_clock.hpp"
#include "support/witnesses.hpp"

namespace tidegate::engine::postgresql {
namespace {

using namespace std::chrono_literals;

TEST(TimeToClear, IsShortAfterAStop) {
  const test::FakeClock clock;
  test::WitnessedRun witnessed(clock);
  EXPECT_EQ(time_to_clear(witnessed.run), 30s);
  witnessed.stop.request_stop();
  EXPECT_EQ(time_to_clear(witnessed.run), 2s);
}

}  // namespace
}  // namespace tidegate::engine::postgresql
