#include "preview/drop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.hpp"

namespace tidegate::test {
namespace {

using preview::DropOutcome;
using preview::Leave;
using testing::HasSubstr;
using testing::IsEmpty;

class Drop : public FakeWorld {};

TEST_F(Drop, RemovesTheWholeDatabaseAndNothingElse) {
  take();
  fill("pr-1");
  fill("pr-2");
  EXPECT_EQ(drop("pr-1").outcome, DropOutcome::dropped);
  EXPECT_EQ(server.find("syrf_pr_1"), nullptr);
  EXPECT_EQ(data("syrf_pr_2"), data("syrftest"));
}

TEST_F(Drop, SucceedsWithoutALeaseWhenTheTargetIsAlreadyGone) {
  server.writable = {"elsewhere"};
  EXPECT_EQ(drop("pr-1").outcome, DropOutcome::already_gone);
  EXPECT_EQ(server.find("syrf_pr_1"), nullptr);
}

TEST_F(Drop, LeavesALockedTargetAlone) {
  take();
  fill("pr-1");
  server.find("syrf_pr_1")->latest->locked = LockRecord{"persist-db", clock.now()};
  EXPECT_EQ(error_of([&] { drop("pr-1"); }).kind(), ErrorKind::locked);
  EXPECT_EQ(error_of([&] { drop("pr-1", Leave::seed); }).kind(), ErrorKind::locked);
  EXPECT_EQ(data("syrf_pr_1"), data("syrftest"));
}

TEST_F(Drop, ChecksTheLockAgainOnceItHoldsTheLease) {
  take();
  fill("pr-1");
  server.on_step = [&](const std::string& step) {
    if (step == "lease") {
      server.find("syrf_pr_1")->latest->locked = LockRecord{"persist-db", clock.now()};
    }
  };
  EXPECT_EQ(error_of([&] { drop("pr-1"); }).kind(), ErrorKind::locked);
  EXPECT_EQ(data("syrf_pr_1"), data("syrftest"));
}

TEST_F(Drop, ConnectsToNoServerForAnUnconfiguredTarget) {
  int asked = 0;
  server.on_step = [&](const std::string&) { ++asked; };
  EXPECT_EQ(error_of([&] { drop("syrf_snapshot"); }).kind(), ErrorKind::refused);
  EXPECT_EQ(asked, 0);
}

TEST_F(Drop, LeavesAnEmptyMarkedDatabaseForTheApplicationToSeed) {
  take();
  fill("pr-1");
  const auto dropped = drop("pr-1", Leave::seed);
  EXPECT_EQ(dropped.outcome, DropOutcome::seeded);
  EXPECT_THAT(data("syrf_pr_1"), IsEmpty());
  ASSERT_TRUE(server.find("syrf_pr_1")->latest);
  const auto& metadata = *server.find("syrf_pr_1")->latest;
  EXPECT_EQ(metadata.method, "seed");
  EXPECT_EQ(metadata.status, Status::complete);
  EXPECT_EQ(metadata.pull_request->commit, "4be1c02");
  EXPECT_FALSE(metadata.snapshot);
}

TEST_F(Drop, SeedsATargetThatDidNotExist) {
  EXPECT_EQ(drop("pr-9", Leave::seed).outcome, DropOutcome::seeded);
  EXPECT_EQ(server.find("syrf_pr_9")->latest->target, "pr-9");
}

TEST_F(Drop, CountsAsDroppedWhenAFailedTryHadDroppedIt) {
  take();
  fill("pr-1");
  auto again = drop_plan(topology, "pr-1");
  again.limits.retries = 1;
  server.after_step = [&](const std::string& step) {
    if (step != "finish") return;
    server.after_step = {};
    throw Error(ErrorKind::unreachable, "connection reset");
  };
  const auto dropped = preview::drop(start(), engine, gate, journal, again, Leave::nothing);
  EXPECT_EQ(dropped.outcome, DropOutcome::dropped);
  EXPECT_EQ(server.find("syrf_pr_1"), nullptr);
}

TEST_F(Drop, IsRecordedInTheJournal) {
  take();
  fill("pr-1");
  drop("pr-1");
  EXPECT_EQ(journal.ended.back().operation, "drop");
  EXPECT_EQ(journal.ended.back().target, "pr-1");
  EXPECT_EQ(journal.ended.back().outcome, "ok");
}

}  // namespace
}  // namespace tidegate::test
