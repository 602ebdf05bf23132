#include "snapshot/take.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.hpp"

namespace tidegate::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Take : public FakeWorld {};

TEST_F(Take, CopiesEveryCollectionAndSaysWhereItCameFrom) {
  const auto metadata = take();
  EXPECT_EQ(data("syrf_snapshot"), data("syrftest"));
  EXPECT_EQ(metadata.source, "syrftest");
  EXPECT_EQ(metadata.target, "snapshot");
  EXPECT_EQ(metadata.schema_version, "42");
  EXPECT_EQ(metadata.status, Status::complete);
  EXPECT_THAT(metadata.collections, ElementsAre("pmPotential", "pmProject", "pmStudy"));
  EXPECT_EQ(metadata.total_documents(), 3);
  EXPECT_EQ(server.find("syrf_snapshot")->latest->run, metadata.run);
  EXPECT_FALSE(server.find("syrf_snapshot")->lease);
}

TEST_F(Take, SaysRightsSpaceCutVerifiedAndPublishedInThisOrder) {
  take();
  const auto steps = last().progress.steps();
  std::vector<std::string> names;
  for (const auto& step : steps) {
    names.push_back(step.substr(step.find(' ') + 1, step.find(':') - step.find(' ') - 1));
  }
  EXPECT_THAT(names, ElementsAre("rights", "space", "cut", "verified", "published"));
  EXPECT_EQ(last().progress.ended(), 1);
}

TEST_F(Take, ReplacesAnOlderSnapshotWholly) {
  take();
  server.find("syrftest")->collections.erase("pmStudy");
  server.load("syrftest", "pmProject", {{"9", "nine"}});
  take();
  EXPECT_EQ(data("syrf_snapshot"), data("syrftest"));
  EXPECT_THAT(said(), HasSubstr("in place of the snapshot of 2026-11-22"));
}

TEST_F(Take, RefusesACredentialThatMayWriteProduction) {
  plan.copy.allow_write_access = false;
  const auto error = error_of([&] { take(); });
  EXPECT_EQ(error.kind(), ErrorKind::refused);
  EXPECT_THAT(error.message(), HasSubstr("may write production 'syrftest'"));
  EXPECT_THAT(error.message(), HasSubstr("readWrite@syrftest"));
  EXPECT_EQ(server.find("syrf_snapshot"), nullptr);
}

TEST_F(Take, AcceptsACredentialThatOnlyReadsProduction) {
  plan.copy.allow_write_access = false;
  server.writable = {"syrf_snapshot"};
  take();
  EXPECT_THAT(said(), HasSubstr("reads syrftest, writes syrf_snapshot, cannot write syrftest"));
}

TEST_F(Take, GoesOnWithAWarningWhereRightsCannotBeKnown) {
  plan.copy.allow_write_access = false;
  server.basis = engine::Rights::Basis::unknown;
  server.writable = {"syrf_snapshot"};
  take();
  EXPECT_THAT(said(), HasSubstr("warning rights: unproven"));
}

TEST_F(Take, RefusesWritesToProductionThatAreKnownThoughNotAllRightsAre) {
  plan.copy.allow_write_access = false;
  server.basis = engine::Rights::Basis::unknown;
  const auto error = error_of([&] { take(); });
  EXPECT_EQ(error.kind(), ErrorKind::refused);
  EXPECT_THAT(error.message(), HasSubstr("may write production 'syrftest'"));
  EXPECT_EQ(server.find("syrf_snapshot"), nullptr);
}

TEST_F(Take, NamesEveryRightThatIsMissing) {
  server.writable = {"elsewhere"};
  const auto error = error_of([&] { take(); });
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_THAT(error.message(), HasSubstr("insert on 'syrf_snapshot'"));
}

TEST_F(Take, NamesAListedCollectionThatProductionDoesNotHave) {
  plan.selection.include = {"pmProject", "pmProjct"};
  const auto error = error_of([&] { take(); });
  EXPECT_EQ(error.kind(), ErrorKind::not_found);
  EXPECT_THAT(error.message(), HasSubstr("'pmProjct'"));
  EXPECT_EQ(server.find("syrf_snapshot"), nullptr);
}

TEST_F(Take, WarnsOfAGlobThatMatchesNothing) {
  plan.selection.include = {"pm*", "job*"};
  take();
  EXPECT_THAT(said(), HasSubstr("warning selection: 'job*' in include matches no collection"));
}

TEST_F(Take, TakesOnlyWhatIsSelected) {
  plan.selection.exclude = {"pmP*"};
  take();
  EXPECT_THAT(data("syrf_snapshot"), testing::SizeIs(1));
}

TEST_F(Take, NeverReplacesASnapshotByNothing) {
  take();
  plan.selection.exclude = {"*"};
  EXPECT_EQ(error_of([&] { take(); }).kind(), ErrorKind::not_found);
  EXPECT_EQ(data("syrf_snapshot"), data("syrftest"));
}

TEST_F(Take, RefusesADatabaseThatHoldsTheSnapshotOfAnotherProduction) {
  take();
  server.find("syrf_snapshot")->latest->source = "shop";
  const auto error = error_of([&] { take(); });
  EXPECT_EQ(error.kind(), ErrorKind::refused);
  EXPECT_THAT(error.message(), HasSubstr("holds the snapshot of 'shop', and not of 'syrftest'"));
  EXPECT_EQ(server.find("syrf_snapshot")->latest->source, "shop");
}

TEST_F(Take, RefusesCollectionsWithStagingNamesInProduction) {
  server.load("syrftest", "_tidegate.foo.1", {{"1", "one"}});
  const auto error = error_of([&] { take(); });
  EXPECT_EQ(error.kind(), ErrorKind::refused);
  EXPECT_THAT(error.message(), HasSubstr("'_tidegate.foo.1'"));
  plan.selection.exclude = {"_tidegate.foo.1"};
  take();
}

TEST_F(Take, NamesAllUnsupportedCollectionsInOneMessage) {
  server.find("syrftest")->collections["pmStudy"].obstacle = "time series cannot be renamed";
  server.find("syrftest")->collections["pmPotential"].obstacle = "sharded";
  const auto error = error_of([&] { take(); });
  EXPECT_EQ(error.kind(), ErrorKind::refused);
  EXPECT_THAT(error.message(), HasSubstr("'pmStudy' (time series cannot be renamed)"));
  EXPECT_THAT(error.message(), HasSubstr("'pmPotential' (sharded)"));
  EXPECT_THAT(error.hint(), HasSubstr("exclude: [pmPotential, pmStudy]"));
  EXPECT_EQ(server.find("syrf_snapshot"), nullptr);
}

TEST_F(Take, ContinuesWhenUnsupportedCollectionsAreExcluded) {
  server.find("syrftest")->collections["pmStudy"].obstacle = "time series cannot be renamed";
  plan.selection.exclude = {"pmStudy"};
  EXPECT_THAT(take().collections, ElementsAre("pmPotential", "pmProject"));
}

TEST_F(Take, RefusesEarlyWithBothSizesWhenThereIsNoSpace) {
  server.free = Bytes{5};
  const auto error = error_of([&] { take(); });
  EXPECT_EQ(error.kind(), ErrorKind::no_space);
  EXPECT_THAT(error.message(), HasSubstr("needs 14 B, 5 B free"));
  EXPECT_EQ(server.find("syrf_snapshot"), nullptr);
}

TEST_F(Take, GoesOnWhenTheServerDoesNotSayWhatIsFree) {
  server.free.reset();
  take();
  EXPECT_THAT(said(), HasSubstr("warning space: needs 14 B; the server does not say"));
}

TEST_F(Take, StartsOverWhenACollectionIsReplacedUnderTheCopy) {
  int copies = 0;
  server.on_step = [&](const std::string& step) {
    if (step == "copy pmStudy" && ++copies == 1) {
      server.load("syrftest", "pmStudy", {{"8", "eight"}});
    }
  };
  take();
  EXPECT_EQ(copies, 2);
  EXPECT_EQ(data("syrf_snapshot"), data("syrftest"));
  EXPECT_THAT(said(),
              HasSubstr("'pmStudy' was dropped or replaced while it was copied; starting over"));
}

TEST_F(Take, GivesUpAfterFiveCopiesOfAChangingSource) {
  take();
  const auto before = data("syrf_snapshot");
  int copies = 0;
  server.on_step = [&](const std::string& step) {
    if (step == "copy pmStudy")
      server.load("syrftest", "pmStudy", {{"8", std::to_string(++copies)}});
  };
  const auto error = error_of([&] { take(); });
  EXPECT_EQ(copies, 5);
  EXPECT_EQ(error.kind(), ErrorKind::remote);
  EXPECT_EQ(data("syrf_snapshot"), before);
  EXPECT_FALSE(server.find("syrf_snapshot")->lease);
}

TEST_F(Take, NamesTheCollectionsThatDifferAndLeavesTheOldSnapshot) {
  take();
  const auto before = data("syrf_snapshot");
  server.load("syrftest", "pmProject", {{"5", "five"}, {"6", "six"}});
  server.lose_document_of = "pmProject";
  const auto error = error_of([&] { take(); });
  EXPECT_EQ(error.kind(), ErrorKind::verification);
  EXPECT_THAT(error.message(), HasSubstr("the copy is not its source; 2 differences"));
  EXPECT_THAT(error.message(), HasSubstr("'pmProject': documents should be 2, is 1"));
  EXPECT_THAT(error.message(), HasSubstr("the previous snapshot is untouched"));
  EXPECT_EQ(data("syrf_snapshot"), before);
}

TEST_F(Take, TriesTheWholeRunAgainAsOftenAsThePlanSays) {
  plan.limits.retries = 2;
  int failures = 0;
  server.on_step = [&](const std::string& step) {
    if (step == "copy pmProject" && failures < 2) {
      ++failures;
      throw Error(ErrorKind::unreachable, "connection reset");
    }
  };
  take();
  EXPECT_EQ(failures, 2);
  EXPECT_THAT(clock.sleeps(), testing::SizeIs(2));
  EXPECT_EQ(data("syrf_snapshot"), data("syrftest"));
}

TEST_F(Take, DoesNotRetryPermanentFailures) {
  plan.limits.retries = 5;
  plan.selection.include = {"nowhere"};
  error_of([&] { take(); });
  EXPECT_THAT(clock.sleeps(), IsEmpty());
}

TEST_F(Take, FinishesWhatItHasCommittedInsteadOfCopyingAgain) {
  plan.limits.retries = 1;
  int renames = 0;
  int copies = 0;
  server.on_step = [&](const std::string& step) {
    if (step == "copy pmProject") ++copies;
    if (step == "rename pmProject" && ++renames == 1) {
      throw Error(ErrorKind::unreachable, "connection reset");
    }
  };
  const auto metadata = take();
  EXPECT_EQ(copies, 1);
  EXPECT_EQ(server.find("syrf_snapshot")->latest->run, metadata.run);
  EXPECT_EQ(data("syrf_snapshot"), data("syrftest"));
}

TEST_F(Take, EndsWhenTheTimeLimitIsReached) {
  limit = 10s;
  server.on_step = [&](const std::string& step) {
    if (step == "copy pmProject") clock.advance(11s);
  };
  EXPECT_EQ(error_of([&] { take(); }).kind(), ErrorKind::timeout);
  EXPECT_THAT(data("syrf_snapshot"), IsEmpty());
}

TEST_F(Take, EndsWhenAStopIsRequestedAndDiscardsStagingData) {
  server.on_step = [&](const std::string& step) {
    if (step == "copy pmProject") last().stop.request_stop();
  };
  EXPECT_EQ(error_of([&] { take(); }).kind(), ErrorKind::cancelled);
  ASSERT_NE(server.find("syrf_snapshot"), nullptr);  // its lease was there
  EXPECT_THAT(server.find("syrf_snapshot")->collections, IsEmpty());
}

TEST_F(Take, SaysThatTheCopyIsNotOfOneMomentWhereTheServerCannotGiveOne) {
  server.point_in_time = false;
  EXPECT_EQ(take().consistency, Consistency::per_collection);
  EXPECT_THAT(said(), HasSubstr("warning cut: Fake 1.0 cannot give one moment"));
}

TEST_F(Take, FailsWhereOneMomentIsRequiredAndCannotBeHad) {
  server.point_in_time = false;
  plan.consistency = ConsistencyWish::require;
  EXPECT_EQ(error_of([&] { take(); }).kind(), ErrorKind::refused);
}

TEST_F(Take, IsRecordedInTheJournalFromStartToEnd) {
  const auto metadata = take();
  ASSERT_THAT(journal.begun, testing::SizeIs(1));
  ASSERT_THAT(journal.ended, testing::SizeIs(1));
  EXPECT_EQ(journal.begun[0].outcome, "running");
  EXPECT_EQ(journal.ended[0].run, metadata.run);
  EXPECT_EQ(journal.ended[0].outcome, "ok");
  EXPECT_EQ(journal.ended[0].documents, 3);
  EXPECT_EQ(journal.ended[0].from, "syrftest");
  EXPECT_EQ(journal.ended[0].to, "syrf_snapshot");
}

TEST_F(Take, IsRecordedInTheJournalWhenItFails) {
  server.free = Bytes{1};
  error_of([&] { take(); });
  ASSERT_THAT(journal.ended, testing::SizeIs(1));
  EXPECT_EQ(journal.ended[0].outcome, "no_space");
  EXPECT_THAT(journal.ended[0].message, HasSubstr("not enough space"));
}

TEST_F(Take, SucceedsAlthoughTheJournalCannotBeWritten) {
  journal.broken = true;
  take();
  EXPECT_EQ(data("syrf_snapshot"), data("syrftest"));
  EXPECT_THAT(last().lines, testing::Contains(HasSubstr("the disk is full")));
}

TEST_F(Take, ReportsAbandonedDataOfAnInterruptedRun) {
  FakeEngine dying(server);
  server.on_step = [&](const std::string& step) {
    if (step == "copy pmStudy") {
      dying.crash();
      throw Crashed{};
    }
  };
  EXPECT_THROW(tidegate::snapshot::take(start(), dying, gate, journal, plan), Crashed);
  server.on_step = {};
  ASSERT_FALSE(server.find("syrf_snapshot")->collections.empty());
  clock.advance(1min);
  take();
  EXPECT_THAT(said(), HasSubstr("warning recovered: cleared 2 staged collections"));
  EXPECT_EQ(data("syrf_snapshot"), data("syrftest"));
}

TEST_F(Take, NeedsASnapshotDatabase) {
  plan.topology.snapshot.reset();
  const auto error = error_of([&] { take(); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.hint(), Not(IsEmpty()));
}

}  // namespace
}  // namespace tidegate::test
