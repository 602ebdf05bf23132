#include <gmock/gmock.h>

#include "preview/fill.hpp"
#include "snapshot/archive.hpp"
#include "support/archive_world.hpp"
#include "support/fake_archive.hpp"

namespace tidegate::test {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

/// Each step of a use case once fails and once is the point where the process dies. Calls and steps
/// of the server and changes in the directory have one counter. The fake server's data dies with
/// the forked process; the directory's data remains.
class ArchiveSweep : public ArchiveWorld, public testing::WithParamInterface<Strike> {
 protected:
  void SetUp() override {
    plan.archives->retention.last = 3;
    for (int day = 0; day < 3; ++day) {
      take_archive();
      clock.advance(24h);
    }
  }
  /// @returns how many runs were interrupted.
  int sweep(const std::function<void(archive::Store&)>& work, const std::function<void()>& after) {
    constexpr int k_more_than_it_takes = 200;
    for (int at = 1; at < k_more_than_it_takes; ++at) {
      SCOPED_TRACE(at);
      const auto strike = strike_at(at, GetParam());
      const auto end = in_child([&] {
        server.on_step = [&](const std::string& step) { strike(step); };
        work(*store(strike));
      });
      EXPECT_NE(end.code, 2);
      after();
      if (testing::Test::HasFailure() || (!end.killed && end.code == 0)) return at - 1;
    }
    ADD_FAILURE() << "it never got through";
    return 0;
  }
};

TEST_P(ArchiveSweep, NeverLeavesABrokenArchiveNorFewerThanAreToBeKept) {
  const auto struck = sweep(
      [&](archive::Store& opened) {
        tidegate::snapshot::take_archive(start(), engine, opened, journal, plan);
      },
      [&] {
        expect_sound();
        EXPECT_GE(archives().size(), 3U);
        EXPECT_LE(archives().size(), 4U);  // the new one is there, and the oldest still
        clock.advance(1h);
      });
  // Failing steps of retention do not count: the archive is taken.
  EXPECT_GT(struck, GetParam() == Strike::kill ? 17 : 12);
  take_archive();
  EXPECT_THAT(list().unfinished, IsEmpty());
  EXPECT_EQ(archives().size(), 3U);
  expect_sound();
}

TEST_P(ArchiveSweep, LeavesNothingOfARunThatFailed) {
  if (GetParam() == Strike::kill) GTEST_SKIP() << "the dead clear up nothing: the next run does";
  const auto before = archives();
  sweep(
      [&](archive::Store& opened) {
        if (!tidegate::snapshot::take_archive(start(), engine, opened, journal, plan)
                 .retention_trouble.empty()) {
          throw Error(ErrorKind::remote, "taken, but not all was removed");
        }
      },
      [&] {
        EXPECT_LE(list().unfinished.size(), 1U);  // of a removal that failed half way
        const auto now = archives();
        if (now.size() == before.size() && now == before) return;
        EXPECT_NE(now.back(), before.back());  // a new one came first
        clock.advance(1h);
      });
}

TEST_P(ArchiveSweep, OfARestoreReadsTheArchivesAndChangesNothing) {
  const auto before = archives();
  const auto struck = sweep(
      [&](archive::Store& opened) {
        const auto source = preview::from_archive(opened, restore);
        preview::fill(start(), engine, *source, archive_gate, journal, restore);
      },
      [&] {
        expect_sound();
        EXPECT_EQ(archives(), before);
        EXPECT_THAT(list().unfinished, IsEmpty());
      });
  EXPECT_GT(struck, 15);
}

TEST_P(ArchiveSweep, OfADrillLeavesTheArchivesWhole) {
  const auto before = archives();
  const auto struck = sweep(
      [&](archive::Store& opened) {
        tidegate::snapshot::drill(start(), engine, opened, archive_gate, journal, plan);
      },
      [&] {
        expect_sound();
        EXPECT_EQ(archives(), before);
      });
  EXPECT_GT(struck, 9);
  take_archive();
  EXPECT_THAT(list().unfinished, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Strikes, ArchiveSweep, testing::Values(Strike::kill, Strike::fail),
                         [](const auto& each) {
                           return each.param == Strike::kill ? "Kill" : "Fail";
                         });

}  // namespace
}  // namespace tidegate::test
