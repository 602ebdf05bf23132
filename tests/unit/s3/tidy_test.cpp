#include "archive/s3/tidy.hpp"

#include <gtest/gtest.h>

#include "support/fake_clock.hpp"
#include "support/witnesses.hpp"

namespace tidegate::archive::s3 {
namespace {

using namespace std::chrono_literals;

TEST(Tidy, TakesLessTimeAfterAStop) {
  const test::FakeClock clock;
  test::WitnessedRun witnessed(clock);
  const auto allowed = [&] {
    std::chrono::milliseconds left{0};
    tidy(witnessed.run, [&](tidegate::Run& own) { left = own.remaining().value(); });
    return left;
  };
  EXPECT_EQ(allowed(), 5s);
  witnessed.stop.request_stop();
  EXPECT_EQ(allowed(), 2s);  // three of them, and what was at work, within ten
}

}  // namespace
}  // namespace tidegate::archive::s3
