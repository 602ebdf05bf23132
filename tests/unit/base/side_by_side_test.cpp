#include "base/side_by_side.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <mutex>
#include <set>
#include <stdexcept>

namespace tidegate {
namespace {

TEST(SideBySide, DoesEveryPieceOnce) {
  std::mutex mutex;
  std::multiset<std::size_t> done;
  side_by_side(50, 4, [&](std::size_t index, const std::atomic<bool>&) {
    const std::lock_guard lock(mutex);
    done.insert(index);
  });
  EXPECT_EQ(done.size(), 50U);
  EXPECT_EQ(std::set<std::size_t>(done.begin(), done.end()).size(), 50U);
}

TEST(SideBySide, WorksAtOnceUpToItsWidth) {
  std::latch all(3);  // no thread passes before all three have arrived
  side_by_side(3, 3, [&](std::size_t, const std::atomic<bool>&) { all.arrive_and_wait(); });
  std::atomic<int> at_work{0}, most{0};
  side_by_side(20, 2, [&](std::size_t, const std::atomic<bool>&) {
    const int now = ++at_work;
    if (now > most) most = now;
    --at_work;
  });
  EXPECT_LE(most, 2);
}

TEST(SideBySide, BeginsNothingAfterAFailureAndThrowsTheFirst) {
  int begun = 0;
  EXPECT_THROW(side_by_side(10, 1,
                            [&](std::size_t index, const std::atomic<bool>&) {
                              ++begun;
                              if (index == 2) throw std::runtime_error("third");
                            }),
               std::runtime_error);
  EXPECT_EQ(begun, 3);
}

TEST(SideBySide, NotifiesRunningTasksOfAFailure) {
  std::latch both(2);
  EXPECT_THROW(side_by_side(2, 2,
                            [&](std::size_t index, const std::atomic<bool>& abandoned) {
                              both.arrive_and_wait();
                              if (index == 0) throw std::runtime_error("over");
                              abandoned.wait(false);
                            }),
               std::runtime_error);
}

}  // namespace
}  // namespace tidegate
