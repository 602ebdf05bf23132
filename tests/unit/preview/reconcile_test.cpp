#include "preview/reconcile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pull_world.hpp"

namespace tidegate::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class Reconcile : public PullWorld {
 protected:
  /// None of them has changed for a while.
  void let_a_week_pass(int pulls) {
    for (int number = 1; number <= pulls; ++number) {
      host.change(number, [&](PullRequest& pull) { pull.updated_at = clock.now(); });
    }
    clock.advance(std::chrono::hours(24 * 7));
  }
};

TEST_F(Reconcile, BringsEveryPreviewToWhatItsLabelsAskForWhateverEventsWereLost) {
  host.open(1, {"preview", "use-snapshot"});
  host.open(2, {"preview", "use-snapshot", "persist-db"});
  host.open(3, {"preview", "use-snapshot"});
  host.open(4, {"bug"});
  EXPECT_THAT(reconcile().failed, IsEmpty());
  host.push(1, "c2");
  host.close(2, PullState::merged, clock.now());
  host.close(3, PullState::closed, clock.now());
  reconcile();
  EXPECT_EQ(holds(1), "snapshot");
  EXPECT_EQ(server.find("syrf_pr_1")->latest->pull_request->commit, "c2");
  EXPECT_EQ(holds(2), "snapshot locked");
  EXPECT_EQ(holds(3), "none");
  EXPECT_EQ(holds(4), "none");
  EXPECT_THAT(notices(2), testing::Contains("kept"));
}

TEST_F(Reconcile, AsksForFiveHundredPullRequestsInOneListWhenAllIsWell) {
  constexpr int k_pulls = 500;
  for (int number = 1; number <= k_pulls; ++number) {
    host.open(number, {"preview", "use-snapshot"});
    if (number % 50 == 0) host.label(number, "persist-db");
  }
  reconcile();
  let_a_week_pass(k_pulls);
  host.forget_requests();
  const auto result = reconcile();
  EXPECT_EQ(result.settled, k_pulls);
  EXPECT_THAT(result.synced, IsEmpty());
  EXPECT_EQ(host.total_requests(), 1);
}

TEST_F(Reconcile, SyncsOnlyChangedPullRequests) {
  for (int number = 1; number <= 9; ++number) host.open(number, {"preview", "use-snapshot"});
  reconcile();
  let_a_week_pass(9);
  host.label(5, "persist-db");
  host.unlabel(6, "use-snapshot");
  host.close(7, PullState::closed, clock.now());
  host.change(8, [&](PullRequest& pull) { pull.updated_at = clock.now(); });
  const auto result = reconcile();
  EXPECT_EQ(result.settled, 5);
  EXPECT_THAT(result.synced, SizeIs(4));
  EXPECT_EQ(holds(5), "snapshot locked");
  EXPECT_EQ(holds(6), "seed");
  EXPECT_EQ(holds(7), "none");
}

TEST_F(Reconcile, ContinuesAfterAFailureAndReportsIt) {
  for (int number = 1; number <= 3; ++number) host.open(number, {"preview", "use-snapshot"});
  FakeEngine other(server);
  WitnessedRun holding(clock);
  const auto lease = other.lease(holding.run, gate.permit(parse_target("pr-2").value(), {}), {});
  const auto result = reconcile();
  ASSERT_THAT(result.failed, SizeIs(1));
  EXPECT_EQ(result.failed.front().number.value(), 2);
  EXPECT_EQ(result.failed.front().error.kind(), ErrorKind::conflict);
  EXPECT_EQ(holds(1), "snapshot");
  EXPECT_EQ(holds(3), "snapshot");
}

TEST_F(Reconcile, ContinuesWhereTheLastPassEnded) {
  for (int number = 1; number <= 4; ++number) host.open(number, {"preview", "use-snapshot"});
  preview::ReconcileCursor rounds;
  int begun = 0;
  rounds.between = [&] {
    if (++begun == 3) throw Error(ErrorKind::timeout, "no time is left");
  };
  const auto look = [&] {
    return preview::reconcile(start(), forge, *backend(engine, journal), sync_plan, rounds);
  };
  EXPECT_EQ(error_of(look).kind(), ErrorKind::timeout);
  EXPECT_EQ(holds(2), "snapshot");
  EXPECT_EQ(holds(4), "none");
  const auto second = look();
  ASSERT_EQ(second.synced.size(), 4U);
  EXPECT_EQ(second.synced.front().number.value(), 3) << "which was not begun";
  EXPECT_EQ(second.synced.back().number.value(), 2);
}

TEST_F(Reconcile, RecreatesAMissingPreviewThatTidegateSeeds) {
  sync_plan.policy.seeder = Seeder::tidegate;
  seed_plan.command = "make it";
  host.open(1, {"preview"});
  host.change(1,
              [&](PullRequest& pull) { pull.updated_at = clock.now() - std::chrono::hours{48}; });
  reconcile();
  EXPECT_EQ(holds(1), "seed");
}

TEST_F(Reconcile, DropsNothingWhenTheHostCannotBeListed) {
  host.open(1, {"preview", "use-snapshot"});
  sync(1);
  host.close(1, PullState::closed, clock.now());
  host.on_call = [](const std::string&) { throw Error(ErrorKind::unreachable, "down"); };
  EXPECT_EQ(error_of([&] { reconcile(); }).kind(), ErrorKind::unreachable);
  EXPECT_EQ(holds(1), "snapshot");
}

TEST_F(Reconcile, LeavesADatabaseOfThePatternThatIsNotKnownToBeItsOwn) {
  host.open(1, {"preview"});
  host.close(1, PullState::closed, clock.now());
  application_seeds(1);
  EXPECT_THAT(reconcile().strangers, SizeIs(1));
  EXPECT_EQ(data("syrf_pr_1").size(), 1U);
}

TEST_F(Reconcile, FinishesAnInterruptedPublish) {
  host.open(1, {"preview", "use-snapshot"});
  FakeEngine dying(server);
  server.on_step = [&](const std::string& step) {
    if (step == "rename pmStudy") {
      dying.crash();
      throw Crashed{};
    }
  };
  EXPECT_THROW(sync(1, dying), Crashed);
  server.on_step = {};
  clock.advance(std::chrono::minutes(5));
  reconcile();
  EXPECT_EQ(data("syrf_pr_1"), data("syrftest"));
  EXPECT_FALSE(server.find("syrf_pr_1")->lease);
}

class Sweeping : public Reconcile {
 protected:
  std::string fate_of(int number, const preview::SweepPlan& how) {
    for (const auto& orphan : sweep(how)) {
      if (orphan.standing.number.value() == number) {
        return std::string(preview::to_text(orphan.fate));
      }
    }
    return "not listed";
  }
  static preview::SweepPlan apply() { return {std::chrono::hours(1), preview::Apply::yes, {}}; }
};

TEST_F(Sweeping, ListsClosedOnesAndDropsThemOnlyOnRequest) {
  host.open(1, {"preview", "use-snapshot"});
  host.open(2, {"preview", "use-snapshot"});
  reconcile();
  host.close(1, PullState::closed, clock.now());
  EXPECT_EQ(fate_of(1, apply()), "young");
  clock.advance(std::chrono::hours(2));
  EXPECT_EQ(fate_of(1, {}), "droppable");
  EXPECT_EQ(holds(1), "snapshot");
  EXPECT_EQ(fate_of(1, apply()), "dropped");
  EXPECT_EQ(holds(1), "none");
  EXPECT_EQ(fate_of(2, apply()), "not listed");
  EXPECT_EQ(holds(2), "snapshot");
}

TEST_F(Sweeping, KeepsLockedOnesAndReportsThem) {
  host.open(1, {"preview", "use-snapshot", "persist-db"});
  sync(1);
  host.close(1, PullState::merged, clock.now());
  clock.advance(std::chrono::hours(24 * 12));
  EXPECT_EQ(fate_of(1, apply()), "locked");
  EXPECT_EQ(holds(1), "snapshot locked");
}

TEST_F(Sweeping, DropsForeignDatabasesOnlyByName) {
  host.open(1, {});
  host.close(1, PullState::closed, clock.now());
  clock.advance(std::chrono::hours(2));
  application_seeds(1);
  EXPECT_EQ(fate_of(1, apply()), "stranger");
  EXPECT_EQ(data("syrf_pr_1").size(), 1U);
  auto named = apply();
  named.named.insert(PullNumber::parse("1").value());
  EXPECT_EQ(fate_of(1, named), "dropped");
  EXPECT_EQ(holds(1), "none");
}

TEST_F(Sweeping, KeepsDatabasesInDoubt) {
  host.open(1, {"preview", "use-snapshot"});
  sync(1);
  host.close(1, PullState::closed, clock.now());
  clock.advance(std::chrono::hours(2));
  host.on_call = [](const std::string& call) {
    if (call == "pull_request") throw Error(ErrorKind::permission, "not to be seen");
  };
  EXPECT_EQ(fate_of(1, apply()), "doubt");
  EXPECT_EQ(holds(1), "snapshot");
}

}  // namespace
}  // namespace tidegate::test
