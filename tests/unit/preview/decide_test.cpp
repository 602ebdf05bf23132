#include "preview/decide.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "support/pulls.hpp"

namespace tidegate::preview {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Labels = std::vector<std::string>;

const ObservedTarget k_none{TargetContent::nothing};
const ObservedTarget k_seed{TargetContent::seed, test::k_present};
const ObservedTarget k_snapshot{TargetContent::snapshot, test::k_present};

Decision decided(const Labels& labels, const ObservedTarget& target, const LastReport& said = {}) {
  return decide(test::pull(7, labels), target, said, {});
}

PullRequest closed(const Labels& labels) {
  auto pull = test::pull(7, labels);
  pull.state = PullState::closed;
  return pull;
}

/// A pull request and its database in a sequence of events, with a sync after each.
class Story {
 public:
  explicit Story(PullPolicy policy = {}) : policy_(policy) {}
  PullRequest pull = test::pull(7, {});
  ObservedTarget target{TargetContent::nothing};
  LastReport said{};

  Decision look(Trigger asked = Trigger::state_change) {
    const auto decision = decide(pull, target, said, policy_, asked);
    auto outcome = test::carry_out(decision, pull, target);
    pull = std::move(outcome.pull);
    target = outcome.target;
    said = outcome.said;
    return decision;
  }
  void push() { pull.commit = "push" + std::to_string(++pushes_); }
  void flip(const std::string& label) {
    if (std::erase(pull.labels, label) == 0) pull.labels.push_back(label);
  }

 private:
  PullPolicy policy_;
  int pushes_ = 0;
};

TEST(Decide, RemembersAPushUnderALockAndAppliesTheNextOne) {
  Story story;
  story.pull.labels = {"preview", "use-snapshot"};
  EXPECT_EQ(story.look().action, Action::fill);
  story.flip("persist-db");
  EXPECT_THAT(story.look().notices, ElementsAre(Notice::locked));
  story.push();
  EXPECT_EQ(story.look().action, Action::none);
  story.flip("persist-db");
  const auto unlocked = story.look();
  EXPECT_EQ(unlocked.action, Action::none);
  EXPECT_THAT(unlocked.notices, ElementsAre(Notice::unlocked));
  EXPECT_EQ(unlocked.reason, "the last push was seen before and not applied: the next one is");
  story.push();
  EXPECT_EQ(story.look().action, Action::fill);
  EXPECT_EQ(story.target.commit, story.pull.commit);
}

TEST(Decide, AppliesASeenPushWhenAskedByHand) {
  Story story;
  story.pull.labels = {"preview", "use-snapshot"};
  story.look();
  story.flip("persist-db");
  story.push();
  story.look();
  EXPECT_EQ(story.look(Trigger::person).action, Action::none) << "locked";
  story.flip("persist-db");
  story.look();
  EXPECT_EQ(story.look(Trigger::person).action, Action::fill);
  EXPECT_EQ(story.look().action, Action::none);
  EXPECT_EQ(story.look(Trigger::person).action, Action::fill)
      << "the same commit once more: a rebuild";
}

TEST(Decide, FillsOnceOnAFirstDeployThatIsLocked) {
  Story story;
  story.pull.labels = {"preview", "use-snapshot", "persist-db"};
  const auto first = story.look();
  EXPECT_EQ(first.action, Action::fill);
  EXPECT_TRUE(first.locked);
  EXPECT_THAT(first.notices, ElementsAre(Notice::filled, Notice::locked));
  story.push();
  EXPECT_EQ(story.look().action, Action::none);
}

TEST(Decide, KeepsALockedDatabaseOfAClosedPullRequestUntilItIsUnlocked) {
  Story story;
  story.pull.labels = {"preview", "use-snapshot", "persist-db"};
  story.look();
  story.pull.state = PullState::merged;
  const auto kept = story.look();
  EXPECT_EQ(kept.action, Action::none);
  EXPECT_THAT(kept.notices, ElementsAre(Notice::kept));
  EXPECT_THAT(story.look().notices, IsEmpty());
  story.flip("persist-db");
  const auto dropped = story.look();
  EXPECT_EQ(dropped.action, Action::drop);
  EXPECT_EQ(dropped.afterwards, TargetContent::nothing);
  EXPECT_THAT(dropped.notices, ElementsAre(Notice::dropped));
}

TEST(Decide, ReportsAgainThatADatabaseIsKeptWhenTheUnlabelledPullRequestIsClosed) {
  Story story;
  story.pull.labels = {"preview", "persist-db"};
  story.target = k_seed;
  story.look();
  story.flip("preview");
  EXPECT_THAT(story.look().notices, ElementsAre(Notice::kept));
  story.pull.state = PullState::closed;
  EXPECT_THAT(story.look().notices, ElementsAre(Notice::kept));
}

TEST(Decide, LeavesAReopenedLockedDatabaseAsItIs) {
  Story story;
  story.pull.labels = {"preview", "persist-db"};
  story.target = k_seed;
  story.look();
  story.pull.state = PullState::closed;
  story.look();
  story.pull.state = PullState::open;
  const auto reopened = story.look();
  EXPECT_EQ(reopened.action, Action::none);
  EXPECT_THAT(reopened.notices, IsEmpty());
  story.pull.state = PullState::closed;
  EXPECT_THAT(story.look().notices, ElementsAre(Notice::kept)) << "closing again is reported again";
}

TEST(Decide, FillsAReopenedPullRequestAgain) {
  Story story;
  story.pull.labels = {"preview", "use-snapshot"};
  story.look();
  story.pull.state = PullState::closed;
  EXPECT_EQ(story.look().action, Action::drop);
  story.pull.state = PullState::open;
  EXPECT_EQ(story.look().action, Action::fill);
}

TEST(Decide, PutsTheLabelOfALockedDatabaseBack) {
  const auto added = decided({"preview", "use-snapshot", "persist-db"}, k_seed, {.locked = true});
  EXPECT_THAT(added.labels.remove, ElementsAre("use-snapshot"));
  EXPECT_THAT(added.notices, ElementsAre(Notice::refused_add));
  const auto removed = decided({"preview", "persist-db"}, k_snapshot, {.locked = true});
  EXPECT_THAT(removed.labels.add, ElementsAre("use-snapshot"));
  EXPECT_THAT(removed.notices, ElementsAre(Notice::refused_remove));
}

TEST(Decide, ReportsTheLockBeforeTheRefusalThatFollowsFromIt) {
  EXPECT_THAT(decided({"preview", "use-snapshot", "persist-db"}, k_seed).notices,
              ElementsAre(Notice::locked, Notice::refused_add));
  EXPECT_THAT(decide(closed({"use-snapshot", "persist-db"}), k_seed, {}, {}).notices,
              ElementsAre(Notice::kept, Notice::refused_add));
}

TEST(Decide, ReportsAChangedSourceAndNotAPushThatSeedsAgain) {
  EXPECT_THAT(decided({"preview"}, k_snapshot).notices, ElementsAre(Notice::seed_next));
  const auto pushed = decided({"preview"}, {TargetContent::seed, test::k_older});
  EXPECT_EQ(pushed.action, Action::drop);
  EXPECT_EQ(pushed.afterwards, TargetContent::seed);
  EXPECT_THAT(pushed.notices, IsEmpty());
}

TEST(Decide, ComparesLabelsWholeAndWithoutRegardToCase) {
  EXPECT_EQ(decided({"PREVIEW", "Use-Snapshot"}, k_none).action, Action::fill);
  EXPECT_FALSE(decided({"preview", "no-persist-db", "persist-db-2"}, k_none).locked);
  EXPECT_TRUE(decided({"preview", "Persist-DB"}, k_none).locked);
}

TEST(Decide, TreatsAnAbbreviatedCommitAsTheFullOne) {
  EXPECT_EQ(decided({"preview"}, {TargetContent::seed, test::k_present.substr(0, 7)}).action,
            Action::none);
  EXPECT_EQ(decided({"preview"}, {TargetContent::seed, test::k_present.substr(0, 6)}).action,
            Action::drop);
}

TEST(Decide, GivesSeedDataWithoutAnApplicationThatMakesIt) {
  PullPolicy policy;
  policy.seeder = Seeder::tidegate;
  const auto first = decide(test::pull(7, {"preview"}), k_none, {}, policy);
  EXPECT_EQ(first.action, Action::fill);
  EXPECT_EQ(first.afterwards, TargetContent::seed);
  EXPECT_EQ(decide(test::pull(7, {"preview"}), k_none, {}, {}).action, Action::none);
}

TEST(Decide, StartsAgainWhenADatabaseIsIncompleteUnlessItIsLocked) {
  const ObservedTarget seed{TargetContent::seed, test::k_present, true};
  const ObservedTarget snapshot{TargetContent::snapshot, test::k_present, true};
  const auto unlocked = decided({"preview"}, seed);
  EXPECT_EQ(unlocked.action, Action::drop);
  EXPECT_EQ(unlocked.afterwards, TargetContent::seed);
  EXPECT_THAT(unlocked.notices, IsEmpty());
  EXPECT_EQ(decided({"preview", "use-snapshot"}, snapshot).action, Action::fill);
  EXPECT_EQ(decided({"preview", "persist-db"}, seed).action, Action::none);
  EXPECT_EQ(decided({"preview", "use-snapshot", "persist-db"}, snapshot).action, Action::none);
}

TEST(Decide, TreatsADraftAsAnOpenPullRequest) {
  auto draft = test::pull(7, {"preview", "use-snapshot"});
  draft.draft = true;
  EXPECT_EQ(decide(draft, k_none, {}, {}).action, Action::fill);
}

TEST(Decide, ReportsAndForgetsNothingInDoubt) {
  const LastReport said{.commit = "seen", .locked = true, .failure = "x", .snapshot_run = "r"};
  for (const auto& labels : test::label_sets()) {
    const auto decision = decided(labels, {TargetContent::unknown}, said);
    EXPECT_EQ(decision.action, Action::none);
    EXPECT_TRUE(decision.locked);
    EXPECT_TRUE(decision.labels.none());
    EXPECT_THAT(decision.notices, IsEmpty());
    EXPECT_EQ(decision.said, said);
  }
}

/// Random inputs of every kind, the same ones in each run.
class Dice {
 public:
  bool flip() { return below(2) == 1; }
  int below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(engine_); }
  template <typename T>
  T one_of(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
  }
  std::string commit() {
    return one_of<std::string>({"", test::k_present, test::k_older, "another"});
  }

  PullRequest pull() {
    auto pull = test::pull(7, one_of(test::label_sets()));
    pull.state = one_of<PullState>({PullState::open, PullState::closed, PullState::merged});
    pull.draft = flip();
    pull.fork = flip();
    pull.commit = commit();
    if (flip()) pull.labels.emplace_back("no-persist-db");
    std::shuffle(pull.labels.begin(), pull.labels.end(), engine_);
    return pull;
  }
  LastReport said() {
    return {commit(), flip(), one_of<Kept>({Kept::no, Kept::unlabelled, Kept::closed}),
            flip() ? "it failed" : "", flip() ? "a-run" : ""};
  }
  PullPolicy policy() {
    PullPolicy policy;
    policy.forks = flip();
    policy.refresh = flip() ? Refresh::on_push : Refresh::on_label;
    policy.seeder = flip() ? Seeder::application : Seeder::tidegate;
    return policy;
  }

 private:
  std::mt19937 engine_{20261122};  // NOLINT(cert-msc51-cpp): repeatable
};

constexpr int k_throws = 50000;

TEST(DecideProperties, NothingHappensToALockedDatabase) {
  Dice dice;
  for (int i = 0; i < k_throws; ++i) {
    const auto pull = dice.pull();
    auto target = dice.one_of(test::targets());
    target.unfinished = dice.flip();
    if (!has_label(pull.labels, "persist-db") || target.holds == TargetContent::nothing) continue;
    const auto asked = dice.flip() ? Trigger::person : Trigger::state_change;
    const auto decision = decide(pull, target, dice.said(), dice.policy(), asked);
    ASSERT_EQ(decision.action, Action::none);
    ASSERT_TRUE(decision.locked);
    ASSERT_EQ(decision.afterwards, target.holds);
  }
}

TEST(DecideProperties, DecidingOnTheOutcomeChangesNothing) {
  Dice dice;
  for (int i = 0; i < k_throws; ++i) {
    const auto policy = dice.policy();
    const auto pull = dice.pull();
    const auto target = dice.one_of(test::targets());
    const auto first = decide(pull, target, dice.said(), policy);
    const auto after = test::carry_out(first, pull, target);
    const auto again = decide(after.pull, after.target, after.said, policy);
    ASSERT_EQ(again.action, Action::none) << first.reason << " / " << again.reason;
    ASSERT_TRUE(again.labels.none());
    ASSERT_THAT(again.notices, IsEmpty()) << first.reason << " / " << again.reason;
    ASSERT_EQ(again.said, after.said);
    ASSERT_EQ(again.afterwards, after.target.holds);
  }
}

TEST(DecideProperties, OnlyTheLabelOfTheSourceIsEverChanged) {
  Dice dice;
  for (int i = 0; i < k_throws; ++i) {
    const auto decision =
        decide(dice.pull(), dice.one_of(test::targets()), dice.said(), dice.policy());
    for (const auto& label : decision.labels.add) ASSERT_EQ(label, "use-snapshot");
    for (const auto& label : decision.labels.remove) ASSERT_EQ(label, "use-snapshot");
    ASSERT_TRUE(decision.labels.none() || decision.action == Action::none);
    ASSERT_FALSE(decision.reason.empty());
  }
}

/// For any events, of which a sync may have seen any: after unlocking and a sync, the database is
/// what the labels ask for. If it was never locked, it is of the present commit.
TEST(DecideProperties, TheOrderOfEventsDoesNotMatter) {
  Dice dice;
  for (int i = 0; i < 5000; ++i) {
    const auto policy = dice.policy();
    Story story{policy};
    bool ever_locked = false;
    for (int event = 0; event < 12; ++event) {
      switch (dice.below(5)) {
        case 0:
          story.push();
          break;
        case 1:
          story.pull.state = dice.flip() ? PullState::open : PullState::closed;
          break;
        default:
          story.flip(dice.one_of<std::string>({"preview", "use-snapshot", "persist-db"}));
      }
      ever_locked = ever_locked || has_label(story.pull.labels, "persist-db");
      if (dice.flip()) story.look();
    }
    std::erase(story.pull.labels, "persist-db");
    story.look();
    const auto wanted =
        story.pull.state == PullState::open && has_label(story.pull.labels, "preview");
    const auto snapshot = has_label(story.pull.labels, "use-snapshot");
    if (!wanted) {
      ASSERT_EQ(story.target.holds, TargetContent::nothing);
    } else if (snapshot) {
      ASSERT_EQ(story.target.holds, TargetContent::snapshot);
    } else {
      ASSERT_NE(story.target.holds, TargetContent::snapshot);
      if (policy.seeder == Seeder::tidegate) {
        ASSERT_EQ(story.target.holds, TargetContent::seed);
      }
    }
    if (!ever_locked && policy.refresh == Refresh::on_push &&
        story.target.holds != TargetContent::nothing) {
      ASSERT_EQ(story.target.commit, story.pull.commit);
    }
  }
}

}  // namespace
}  // namespace tidegate::preview
