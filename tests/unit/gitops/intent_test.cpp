#include "gitops/intent.hpp"

#include <gtest/gtest.h>

namespace tidegate::gitops {
namespace {

PullRequest pull(std::vector<std::string> labels, PullState state = PullState::open) {
  return {.number = *PullNumber::parse("42"),
          .state = state,
          .commit = "4be1c02",
          .labels = std::move(labels)};
}

PreviewIntent asked(const PullRequest& pull,
                    preview::TargetContent holds = preview::TargetContent::unknown) {
  return intent(pull, {.holds = holds}, {});
}

TEST(Intent, IsNothingWithoutThePreviewLabel) {
  const auto nothing =
      asked(pull({"use-snapshot", "no-persist-db"}), preview::TargetContent::nothing);
  EXPECT_FALSE(nothing.access);
  EXPECT_FALSE(nothing.cleanup);
  EXPECT_EQ(nothing.fill, Fill::nothing);
}

TEST(Intent, EmptiesAnUnlockedPreviewForTheApplicationToSeed) {
  const auto seed = asked(pull({"preview"}));
  EXPECT_TRUE(seed.access && seed.cleanup);
  EXPECT_FALSE(seed.snapshot);
  EXPECT_EQ(seed.fill, Fill::reset);
}

TEST(Intent, FillsFromTheSnapshotWhereItsLabelIsThere) {
  const auto snapshot = asked(pull({"Preview", "USE-SNAPSHOT"}));
  EXPECT_TRUE(snapshot.access && snapshot.cleanup && snapshot.snapshot);
  EXPECT_EQ(snapshot.fill, Fill::restore);
}

TEST(Intent, TouchesNothingThatIsLocked) {
  for (const auto holds : {preview::TargetContent::seed, preview::TargetContent::snapshot,
                           preview::TargetContent::unknown}) {
    const auto locked = asked(pull({"preview", "use-snapshot", "persist-db"}), holds);
    EXPECT_TRUE(locked.access && locked.locked);
    EXPECT_FALSE(locked.cleanup);
    EXPECT_EQ(locked.fill, Fill::nothing);
  }
}

TEST(Intent, FillsALockedPreviewOnceWhenItHasNoDatabaseYet) {
  const auto both = pull({"preview", "use-snapshot", "persist-db"});
  EXPECT_EQ(asked(both, preview::TargetContent::nothing).fill, Fill::restore);
  EXPECT_EQ(asked(pull({"preview", "persist-db"}), preview::TargetContent::nothing).fill,
            Fill::nothing);
}

TEST(Intent, KeepsTheUserOfALockedDatabaseThatOutlivesItsPullRequest) {
  const auto kept = asked(pull({"preview", "persist-db"}, PullState::merged));
  EXPECT_TRUE(kept.access);
  EXPECT_FALSE(kept.cleanup);
  EXPECT_FALSE(kept.over);
  const auto gone = asked(pull({"preview"}, PullState::closed), preview::TargetContent::nothing);
  EXPECT_FALSE(gone.access || gone.cleanup || gone.over);
}

TEST(Intent, KeepsUserAndCleanupOfAPreviewThatIsOverAsLongAsThereMayBeADatabase) {
  for (const auto holds : {preview::TargetContent::seed, preview::TargetContent::snapshot,
                           preview::TargetContent::unknown}) {
    for (const auto& ended : {pull({"preview"}, PullState::closed), pull({})}) {
      const auto over = asked(ended, holds);
      EXPECT_TRUE(over.over && over.access && over.cleanup);
      EXPECT_EQ(over.fill, Fill::nothing);
    }
  }
}

TEST(Intent, LetsTheUserReadTheSnapshotUntilItGoes) {
  const std::vector<std::string> labels{"preview", "use-snapshot"};
  EXPECT_TRUE(asked(pull(labels)).snapshot);
  EXPECT_TRUE(asked(pull(labels, PullState::closed)).snapshot);
  EXPECT_TRUE(asked(pull({"use-snapshot"})).snapshot) << "the preview label went";
  EXPECT_FALSE(asked(pull({"preview"}, PullState::closed)).snapshot);
  EXPECT_FALSE(asked(pull(labels, PullState::closed), preview::TargetContent::nothing).snapshot);
}

TEST(Intent, LeavesForksAloneUnlessTheyAreAllowed) {
  auto fork = pull({"preview"});
  fork.fork = true;
  EXPECT_FALSE(asked(fork, preview::TargetContent::nothing).access);
  EXPECT_EQ(asked(fork).fill, Fill::nothing);
  EXPECT_TRUE(intent(fork, {}, {.forks = true}).access);
}

}  // namespace
}  // namespace tidegate::gitops
