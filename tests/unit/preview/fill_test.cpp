#include "preview/fill.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.hpp"

namespace tidegate::test {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Fill : public FakeWorld {
 protected:
  Metadata fill_with(const RestorePlan& restore) {
    const auto source = preview::from_database(engine, restore);
    return preview::fill(start(), engine, *source, gate, journal, restore);
  }
};

TEST_F(Fill, MakesTheTargetHoldExactlyWhatTheSnapshotHolds) {
  take();
  server.load("syrf_pr_1", "leftover", {{"1", "old"}});
  fill("pr-1");
  EXPECT_EQ(data("syrf_pr_1"), data("syrf_snapshot"));
  EXPECT_FALSE(server.find("syrf_pr_1")->lease);
}

TEST_F(Fill, RecordsTheSnapshotAndThePullRequest) {
  const auto snapshot = take();
  clock.advance(2h);
  const auto metadata = fill("pr-123");
  ASSERT_TRUE(metadata.snapshot);
  EXPECT_EQ(metadata.snapshot->run, snapshot.run);
  EXPECT_EQ(metadata.snapshot->source, "syrftest");
  EXPECT_EQ(metadata.timestamp, snapshot.timestamp);
  EXPECT_EQ(metadata.source, "syrf_snapshot");
  EXPECT_EQ(metadata.schema_version, "42");
  EXPECT_EQ(metadata.consistency, Consistency::point_in_time);
  ASSERT_TRUE(metadata.pull_request);
  EXPECT_EQ(metadata.pull_request->number, 123);
  EXPECT_EQ(metadata.pull_request->repository, "camaradesuk/syrf");
  EXPECT_EQ(metadata.pull_request->commit, "4be1c02");
  EXPECT_FALSE(metadata.locked);
}

TEST_F(Fill, FillsANamedTarget) {
  take();
  const auto metadata = fill("staging");
  EXPECT_EQ(metadata.target, "staging");
  EXPECT_FALSE(metadata.pull_request);
  EXPECT_EQ(data("syrf_staging"), data("syrftest"));
}

TEST_F(Fill, ConnectsToNoServerForAnUnconfiguredTarget) {
  int asked = 0;
  server.on_step = [&](const std::string&) { ++asked; };
  EXPECT_EQ(error_of([&] { fill("syrftest"); }).kind(), ErrorKind::refused);
  EXPECT_EQ(asked, 0);
}

TEST_F(Fill, WaitsForAFirstSnapshotAndReportsEachTry) {
  auto restore = restore_plan(topology, "pr-1");
  restore.waiting = {12, 30s};
  int looked = 0;
  server.on_step = [&](const std::string& step) {
    if (step != "metadata" || ++looked != 3) return;
    server.on_step = {};
    FakeEngine producer(server);
    WitnessedRun other(clock);
    tidegate::snapshot::take(other.run, producer, gate, journal, plan);
  };
  fill_with(restore);
  EXPECT_EQ(data("syrf_pr_1"), data("syrftest"));
  EXPECT_THAT(clock.sleeps(), testing::ElementsAre(30s));
  EXPECT_THAT(said(), HasSubstr("none yet, looked 1 of 12 times; again in 30 s"));
}

TEST_F(Fill, OffersThreeOptionsWhenThereIsStillNoSnapshot) {
  auto restore = restore_plan(topology, "pr-1");
  restore.waiting = {12, 30s};
  restore.schedule = "0 3 * * 0";
  const auto error = error_of([&] { fill_with(restore); });
  EXPECT_EQ(error.kind(), ErrorKind::not_found);
  EXPECT_THAT(error.message(), HasSubstr("no complete snapshot of 'syrf' yet (looked 12 times"));
  EXPECT_THAT(error.hint(), HasSubstr("wait for the scheduled one (cron '0 3 * * 0', UTC)"));
  EXPECT_THAT(error.hint(), HasSubstr("'tidegate snapshot syrf'"));
  EXPECT_THAT(error.hint(), HasSubstr("'use-snapshot'"));
  EXPECT_THAT(clock.sleeps(), SizeIs(11));
  EXPECT_EQ(server.find("syrf_pr_1"), nullptr);
}

TEST_F(Fill, LeavesALockedTargetAlone) {
  take();
  fill("pr-1");
  server.find("syrf_pr_1")->latest->locked = LockRecord{"persist-db", clock.now()};
  server.load("syrf_pr_1", "pmProject", {{"1", "mine"}});
  const auto before = data("syrf_pr_1");
  const auto error = error_of([&] { fill("pr-1"); });
  EXPECT_EQ(error.kind(), ErrorKind::locked);
  EXPECT_EQ(data("syrf_pr_1"), before);
}

TEST_F(Fill, ChecksTheLockAgainRightBeforePublishing) {
  take();
  fill("pr-1");
  server.load("syrftest", "pmProject", {{"3", "three"}});
  take();
  const auto before = data("syrf_pr_1");
  server.on_step = [&](const std::string& step) {
    if (step == "verify") {
      server.find("syrf_pr_1")->latest->locked = LockRecord{"persist-db", clock.now()};
    }
  };
  EXPECT_EQ(error_of([&] { fill("pr-1"); }).kind(), ErrorKind::locked);
  EXPECT_EQ(data("syrf_pr_1"), before);
}

TEST_F(Fill, RefusesACredentialThatMayWriteProduction) {
  take();
  auto restore = restore_plan(topology, "pr-1");
  restore.copy.allow_write_access = false;
  EXPECT_EQ(error_of([&] { fill_with(restore); }).kind(), ErrorKind::refused);
  EXPECT_EQ(server.find("syrf_pr_1"), nullptr);
}

TEST_F(Fill, WarnsOfACredentialThatMayWriteTheSnapshot) {
  take();
  server.writable = {"syrf_pr_1", "syrf_snapshot"};
  fill("pr-1");
  EXPECT_THAT(said(), HasSubstr("warning rights: 'fake_user' may write 'syrf_snapshot'"));
}

TEST_F(Fill, NamesTheRightThatIsMissingOnTheTarget) {
  take();
  server.writable = {"syrf_pr_2"};
  const auto error = error_of([&] { fill("pr-1"); });
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_THAT(error.message(), HasSubstr("'syrf_pr_1'"));
}

TEST_F(Fill, StartsOverFromTheNewSnapshotWhenItIsReplacedMeanwhile) {
  take();
  server.load("syrftest", "pmStudy", {{"8", "eight"}});
  int copies = 0;
  server.on_step = [&](const std::string& step) {
    if (step != "copy pmStudy" || ++copies != 1) return;
    FakeEngine producer(server);
    WitnessedRun other(clock);
    const auto hook = std::exchange(server.on_step, {});
    tidegate::snapshot::take(other.run, producer, gate, journal, plan);
    server.on_step = hook;
  };
  const auto metadata = fill("pr-1");
  EXPECT_EQ(data("syrf_pr_1"), data("syrftest"));
  EXPECT_EQ(metadata.snapshot->run, server.find("syrf_snapshot")->latest->run);
  EXPECT_THAT(said(), HasSubstr("warning source:"));
  EXPECT_THAT(said(), HasSubstr("starting over"));
}

TEST_F(Fill, StartsOverWhenTheSnapshotIsReplacedAfterTheLastRead) {
  take();
  server.load("syrftest", "pmStudy", {{"8", "eight"}});
  server.on_step = [&](const std::string& step) {
    if (step != "verify") return;
    server.on_step = {};
    FakeEngine producer(server);
    WitnessedRun other(clock);
    tidegate::snapshot::take(other.run, producer, gate, journal, plan);
  };
  fill("pr-1");
  EXPECT_EQ(data("syrf_pr_1"), data("syrftest"));
  EXPECT_THAT(said(), HasSubstr("was replaced by that of"));
}

TEST_F(Fill, CopiesNothingThatIsAlreadyEqual) {
  take();
  fill("pr-1");
  fill("pr-1");
  EXPECT_THAT(said(), HasSubstr("3 left in place unchanged"));
}

TEST_F(Fill, WarnsOfAStaleSnapshot) {
  take();
  clock.advance(9 * 24h);
  auto restore = restore_plan(topology, "pr-1");
  restore.max_age = 8 * 24h;
  fill_with(restore);
  EXPECT_THAT(said(), HasSubstr("stale: older than 8 d"));
}

TEST_F(Fill, RefusesASnapshotThatDoesNotSayHowItsCollectionsAreDefined) {
  take();
  server.find("syrf_snapshot")->latest->contents.clear();
  const auto error = error_of([&] { fill("pr-1"); });
  EXPECT_EQ(error.kind(), ErrorKind::not_found);
  EXPECT_THAT(error.message(), HasSubstr("pmProject"));
  EXPECT_THAT(error.hint(), HasSubstr("'tidegate snapshot syrf'"));
}

TEST_F(Fill, RefusesEarlyWhenThereIsNoSpace) {
  take();
  server.free = Bytes{3};
  EXPECT_EQ(error_of([&] { fill("pr-1"); }).kind(), ErrorKind::no_space);
}

TEST_F(Fill, LeavesThePreviousContentWhenTheCopyDiffers) {
  take();
  fill("pr-1");
  server.load("syrftest", "pmProject", {{"5", "five"}, {"6", "six"}});
  take();
  const auto before = data("syrf_pr_1");
  server.lose_document_of = "pmProject";
  EXPECT_EQ(error_of([&] { fill("pr-1"); }).kind(), ErrorKind::verification);
  EXPECT_EQ(data("syrf_pr_1"), before);
}

TEST_F(Fill, ReadsASnapshotWhoseProducerDiedAfterItsCommitPoint) {
  take();
  server.load("syrftest", "pmStudy", {{"8", "eight"}});
  FakeEngine dying(server);
  server.on_step = [&](const std::string& step) {
    if (step == "rename pmStudy") {
      dying.crash();
      throw Crashed{};
    }
  };
  EXPECT_THROW(tidegate::snapshot::take(start(), dying, gate, journal, plan), Crashed);
  server.on_step = {};
  ASSERT_NE(data("syrf_snapshot"), data("syrftest"));
  fill("pr-1");
  EXPECT_EQ(data("syrf_pr_1"), data("syrftest"));
}

}  // namespace
}  // namespace tidegate::test
