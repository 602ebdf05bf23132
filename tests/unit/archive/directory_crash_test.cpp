#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "archive/directory/directory.hpp"
#include "archive/name.hpp"
#include "support/archive_place.hpp"
#include "support/fake_world.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::SizeIs;

/// Each change in the directory once fails and once is the point where the process dies.
class EveryStep : public ArchivePlace, public testing::WithParamInterface<Strike> {
 protected:
  void SetUp() override {
    put("one");
    put("two");
    clock.advance(1h);
  }
  /// Interrupts at step 1, 2, 3 … until the work completes.
  void sweep(const std::function<void(archive::Store&)>& work, const std::function<void()>& after) {
    constexpr int k_more_than_it_takes = 100;
    for (int at = 1; at < k_more_than_it_takes; ++at) {
      SCOPED_TRACE(at);
      const auto end = in_child([&] { work(*store(strike_at(at, GetParam()))); });
      after();
      if (testing::Test::HasFailure()) return;
      if (!end.killed && end.code == 0) {
        EXPECT_GT(at, 3) << "too few steps to have been struck";
        return;
      }
      EXPECT_EQ(end.killed, GetParam() == Strike::kill);
    }
    ADD_FAILURE() << "it never got through";
  }
  /// Complete archives are intact, and the next run removes abandoned files.
  void expect_sound() {
    auto opened = store();
    for (const auto& entry : opened->list(run, "syrf").archives) opened->prove(run, entry);
    EXPECT_THAT(opened->list(run, "syrf").damaged, IsEmpty());
    EXPECT_THAT(opened->list(run, "syrf").strangers, IsEmpty());
    if (GetParam() == Strike::fail) {
      EXPECT_LE(list().unfinished.size(), 1U);
    }
    const auto lock = opened->lock(run, "syrf", {});
    opened->clear_unfinished(run, "syrf", *lock);
    EXPECT_THAT(list().unfinished, IsEmpty());
    EXPECT_EQ(names().size(), list().archives.size() * 2);
  }
};

TEST_P(EveryStep, OfCheckingLeavesNothingForTheNextOneToFind) {
  const auto before = files();
  sweep([&](archive::Store& opened) { opened.check(run); },
        [&] {
          store()->check(run);
          EXPECT_EQ(files(), before);
          for (const auto& each : fs::directory_iterator(place())) {
            EXPECT_FALSE(each.path().filename().string().starts_with(".probe")) << each.path();
          }
          expect_sound();
        });
}

TEST_P(EveryStep, OfPublishingLeavesTheOldArchivesAndAWholeNewOneOrNone) {
  std::size_t most = 2;
  sweep([&](archive::Store& opened) { put(opened, "three"); },
        [&] {
          most = std::max(most, list().archives.size());
          expect_sound();
          EXPECT_GE(list().archives.size(), 2U);
          clock.advance(1h);
        });
  EXPECT_GE(most, 3U);
}

TEST_P(EveryStep, OfPublishingWithAnErrorMeansThatNothingAppeared) {
  if (GetParam() == Strike::kill) return;
  const auto before = files();
  sweep([&](archive::Store& opened) { put(opened, "three"); },
        [&] {
          if (list().archives.size() == 3) return;  // the one that got through
          EXPECT_EQ(files(), before);
        });
}

TEST_P(EveryStep, OfRemovingLeavesAWholeArchiveOrNone) {
  const auto oldest = list().archives.front();
  sweep(
      [&](archive::Store& opened) {
        const auto lock = opened.lock(run, "syrf", {});
        opened.remove(run, "syrf", oldest, *lock);
      },
      [&] {
        expect_sound();
        EXPECT_GE(list().archives.size(), 1U);
        EXPECT_EQ(read_text(path(list().archives.back().name)), "two");
      });
  EXPECT_THAT(list().archives, SizeIs(1));
}

TEST_P(EveryStep, OfRemovingADirectoryLeavesAWholeArchiveOrNone) {
  const auto make = [&] {
    auto opened = store();
    const auto lock = opened->lock(run, "syrf", {});
    const auto draft = opened->begin(run, "syrf", clock.now(), *lock);
    fs::create_directories(draft->path() / "syrf");
    std::ofstream(draft->path() / "syrf" / "a.bson") << "a";
    std::ofstream(draft->path() / "toc") << "t";
    return draft->publish(run, metadata(), "directory");
  };
  auto entry = make();
  sweep(
      [&](archive::Store& opened) {
        const auto lock = opened.lock(run, "syrf", {});
        opened.remove(run, "syrf", entry, *lock);
      },
      [&] {
        auto opened = store();
        for (const auto& each : opened->list(run, "syrf").archives) opened->prove(run, each);
        EXPECT_THAT(opened->list(run, "syrf").damaged, IsEmpty());
        const auto lock = opened->lock(run, "syrf", {});
        opened->clear_unfinished(run, "syrf", *lock);
        EXPECT_THAT(list().unfinished, IsEmpty());
        EXPECT_GE(list().archives.size(), 2U);
      });
  EXPECT_THAT(list().archives, SizeIs(2));
}

TEST_P(EveryStep, OfAmendingLeavesTheOldMetadataOrTheNew) {
  const auto entry = list().archives.front();
  auto learnt = entry.metadata;
  learnt.schema_version = "new";
  sweep(
      [&](archive::Store& opened) {
        const auto lock = opened.lock(run, "syrf", {});
        opened.amend(run, entry, learnt, *lock);
      },
      [&] {
        ASSERT_THAT(list().archives, SizeIs(2));
        const auto version = list().archives.front().metadata.schema_version;
        EXPECT_TRUE(version.empty() || version == "new");
        expect_sound();
      });
  EXPECT_EQ(list().archives.front().metadata.schema_version, "new");
}

TEST_P(EveryStep, OfClearingIsDoneByTheNext) {
  const auto litter = [&] {
    std::ofstream(path("syrf-20260102T000000Z.dump.tmp")) << "half";
    std::ofstream(path("syrf-20260102T000000Z.json.tmp")) << "half";
    std::ofstream(path("syrf-20260103T000000Z.dump.tmp")) << "half";
    std::ofstream(path("syrf-20260104T000000Z.dump.tmp")) << "half";
  };
  litter();
  sweep(
      [&](archive::Store& opened) {
        const auto lock = opened.lock(run, "syrf", {});
        opened.clear_unfinished(run, "syrf", *lock);
      },
      [&] {
        EXPECT_THAT(list().archives, SizeIs(2));
        auto opened = store();
        const auto lock = opened->lock(run, "syrf", {});
        opened->clear_unfinished(run, "syrf", *lock);
        EXPECT_THAT(list().unfinished, IsEmpty());
        litter();
      });
}

INSTANTIATE_TEST_SUITE_P(Strikes, EveryStep, testing::Values(Strike::kill, Strike::fail),
                         [](const auto& each) {
                           return each.param == Strike::kill ? "Kill" : "Fail";
                         });

}  // namespace
}  // namespace tidegate::test
