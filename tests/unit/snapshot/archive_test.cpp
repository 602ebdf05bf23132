#include "snapshot/archive.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "archive/dry_run.hpp"
#include "archive/name.hpp"
#include "base/utc.hpp"
#include "engine/dry_run.hpp"
#include "support/archive_world.hpp"
#include "support/chosen_store.hpp"
#include "support/fake_archive.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class TakeArchive : public ArchiveWorld {
 protected:
  void take_days(int days) {
    for (int day = 0; day < days; ++day) {
      take_archive();
      clock.advance(24h);
    }
  }
};

TEST_F(TakeArchive, WritesAllOfProductionAndSaysWhereItCameFrom) {
  const auto taken = take_archive();
  EXPECT_EQ(taken.entry.name, "syrf-20261122T030004Z.dump");
  EXPECT_THAT(archives(), ElementsAre(taken.entry.name));
  const auto held = read_fake_archive(path(taken.entry.name));
  ASSERT_THAT(held, SizeIs(3));
  EXPECT_EQ(held.at("pmProject").documents, data("syrftest")["pmProject"]);
  const auto metadata = list().archives.at(0).metadata;
  EXPECT_EQ(metadata.source, "syrftest");
  EXPECT_EQ(metadata.target, "snapshot");
  EXPECT_EQ(metadata.schema_version, "42");
  EXPECT_EQ(metadata.run, taken.entry.metadata.run);
  EXPECT_THAT(metadata.collections, ElementsAre("pmPotential", "pmProject", "pmStudy"));
  EXPECT_EQ(metadata.total_documents(), 3);
}

TEST_F(TakeArchive, SaysItsStepsInThisOrder) {
  take_archive();
  std::vector<std::string> names;
  for (const auto& step : last().progress.steps()) {
    names.push_back(step.substr(step.find(' ') + 1, step.find(':') - step.find(' ') - 1));
  }
  EXPECT_THAT(names, ElementsAre("rights", "space", "cut", "published", "kept"));
  EXPECT_EQ(last().progress.ended(), 1);
}

TEST_F(TakeArchive, RefusesACredentialThatMayWriteProduction) {
  plan.copy.allow_write_access = false;
  EXPECT_EQ(error_of([&] { take_archive(); }).kind(), ErrorKind::refused);
  EXPECT_FALSE(fs::exists(place()));
  server.writable = {};
  take_archive();
  EXPECT_THAT(said(), HasSubstr("ok rights: fake_user reads syrftest, cannot write syrftest"));
}

TEST_F(TakeArchive, NamesTheRightThatIsMissing) {
  server.readable = {"elsewhere"};
  const auto error = error_of([&] { take_archive(); });
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_THAT(error.message(), HasSubstr("find on 'syrftest'"));
}

TEST_F(TakeArchive, TakesOnlyWhatIsSelected) {
  plan.selection.exclude = {"pmP*"};
  EXPECT_THAT(take_archive().entry.metadata.collections, ElementsAre("pmStudy"));
}

TEST_F(TakeArchive, MakesTheFormThatTheEngineHas) {
  server.archive_forms = {ArchiveForm::directory};
  const auto taken = take_archive();
  EXPECT_TRUE(fs::is_directory(path(taken.entry.name)));
  EXPECT_THAT(read_fake_archive(path(taken.entry.name)), SizeIs(3));
}

TEST_F(TakeArchive, KeepsTheNewestAndSaysWhyTheOthersGo) {
  plan.archives->retention.last = 2;
  take_days(2);
  const auto oldest = archives().front();
  const auto taken = take_archive();
  EXPECT_THAT(archives(), SizeIs(2));
  EXPECT_THAT(archives(), Contains(taken.entry.name));
  ASSERT_THAT(taken.retained, SizeIs(3));
  EXPECT_EQ(taken.retained[0].entry.name, oldest);
  EXPECT_FALSE(taken.retained[0].verdict.stays);
  EXPECT_THAT(said(), HasSubstr("ok removed: " + oldest + ": older than every rule keeps"));
  EXPECT_FALSE(fs::exists(path(archive::sidecar_name(oldest))));
}

TEST_F(TakeArchive, RemovesNothingAfterAFailure) {
  plan.archives->retention.last = 3;
  take_days(3);
  plan.archives->retention.last = 1;
  const auto before = archives();
  server.on_step = [](const std::string& step) {
    if (step == "dump pmStudy") throw Error(ErrorKind::remote, "the server fell over");
  };
  EXPECT_EQ(error_of([&] { take_archive(); }).kind(), ErrorKind::remote);
  EXPECT_EQ(archives(), before);
  EXPECT_THAT(list().unfinished, IsEmpty());
}

TEST_F(TakeArchive, NeverRemovesForeignOrDamagedFiles) {
  plan.archives->retention.last = 1;
  take_days(2);
  std::ofstream(path("syrf-20250101T000000Z.dump")) << "foreign, without a sidecar";
  std::ofstream(path("atlas-20250101T000000Z.dump")) << "another database's";
  take_archive();
  EXPECT_TRUE(fs::exists(path("syrf-20250101T000000Z.dump")));
  EXPECT_TRUE(fs::exists(path("atlas-20250101T000000Z.dump")));
  EXPECT_THAT(archives(), SizeIs(1));
}

TEST_F(TakeArchive, IsTakenEvenWhereRetentionFails) {
  plan.archives->retention.last = 1;
  take_days(1);
  const auto opened = store([](std::string_view step) {
    if (step.starts_with("remove")) throw Error(ErrorKind::permission, "not yours");
  });
  const auto taken = tidegate::snapshot::take_archive(start(), engine, *opened, journal, plan);
  EXPECT_EQ(taken.retention_trouble, "not yours");
  EXPECT_THAT(archives(), SizeIs(2));
  EXPECT_THAT(said(), HasSubstr("warning retention: some old archives could not be removed"));
  EXPECT_EQ(journal.ended.back().outcome, "ok");
  clock.advance(24h);
  take_archive();
  EXPECT_THAT(archives(), SizeIs(1));
}

TEST_F(TakeArchive, RemovesTheOthersWhereOneCannotBeRemoved) {
  plan.archives->retention.last = 1;
  take_days(1);
  const auto stuck = archives().front();
  plan.archives->retention.last = 3;
  take_days(2);
  plan.archives->retention.last = 1;
  const auto opened = store([&](std::string_view step) {
    if (step == "remove " + stuck) throw Error(ErrorKind::permission, "not yours");
  });
  const auto taken = tidegate::snapshot::take_archive(start(), engine, *opened, journal, plan);
  EXPECT_EQ(taken.retention_trouble, "not yours");
  EXPECT_THAT(archives(), ElementsAre(stuck, taken.entry.name));
  EXPECT_THAT(said(), HasSubstr("ok kept: 2 archives"));
}

TEST_F(TakeArchive, LeavesAnArchiveThatIsBeingReadToTheNextRun) {
  plan.archives->retention.last = 1;
  take_days(1);
  const auto read = list().archives.front();
  auto fetched = store()->fetch(start(), read);
  const auto taken = take_archive();
  EXPECT_EQ(taken.retention_trouble, "");
  EXPECT_THAT(archives(), ElementsAre(read.name, taken.entry.name));
  EXPECT_THAT(said(), HasSubstr("warning not removed: '" + read.name + "' is being read"));
  fetched.reset();
  clock.advance(24h);
  take_archive();
  EXPECT_THAT(archives(), SizeIs(1));
}

TEST_F(TakeArchive, IsTakenEvenWhereAStopComesDuringRetention) {
  plan.archives->retention.last = 1;
  take_days(1);
  auto& run = start();
  const auto opened = store([&](std::string_view step) {
    if (step == "remove syrf-20261122T030004Z.dump") last().stop.request_stop();
  });
  tidegate::snapshot::take_archive(run, engine, *opened, journal, plan);
  expect_sound();
  EXPECT_THAT(archives(), Contains("syrf-20261123T030004Z.dump"));
}

TEST_F(TakeArchive, RefusesEarlyWithBothSizesWhereTheLastOneWouldNotFit) {
  const auto before = take_archive().entry;
  clock.advance(24h);
  ChosenStore full(store());
  full.free = Bytes{5};
  const auto error =
      error_of([&] { tidegate::snapshot::take_archive(start(), engine, full, journal, plan); });
  EXPECT_EQ(error.kind(), ErrorKind::no_space);
  EXPECT_THAT(error.message(),
              HasSubstr("the newest archive has " + to_text(before.size) + ", 5 B free"));
  EXPECT_THAT(archives(), ElementsAre(before.name));
  EXPECT_THAT(list().unfinished, IsEmpty());
}

TEST_F(TakeArchive, RemovesAbandonedDataOfAnInterruptedRun) {
  take_archive();
  std::ofstream(path("syrf-20261120T000000Z.dump.tmp")) << "half";
  clock.advance(24h);
  take_archive();
  EXPECT_THAT(said(), HasSubstr("warning recovered: removed 'syrf-20261120T000000Z.dump.tmp'"));
  EXPECT_THAT(list().unfinished, IsEmpty());
}

TEST_F(TakeArchive, LeavesTheDraftOfALivingRunAlone) {
  WitnessedRun other(clock);
  const auto opened = store();
  const auto lock = opened->lock(other.run, "syrf", {});
  const auto draft = opened->begin(other.run, "syrf", clock.now(), *lock);
  std::ofstream(draft->path()) << "half";
  const auto error = error_of([&] { take_archive(); });
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_THAT(error.message(), HasSubstr("run " + other.run.id()));
  EXPECT_TRUE(fs::exists(draft->path()));
}

TEST_F(TakeArchive, TriesAgainAsOftenAsThePlanSays) {
  plan.limits.retries = 2;
  int failures = 0;
  server.on_step = [&](const std::string& step) {
    if (step == "dump pmProject" && failures++ < 2) {
      throw Error(ErrorKind::unreachable, "connection reset");
    }
  };
  take_archive();
  EXPECT_THAT(archives(), SizeIs(1));
  EXPECT_THAT(list().unfinished, IsEmpty());
}

TEST_F(TakeArchive, EndsWhenItsTimeIsOver) {
  limit = 10s;
  server.on_step = [&](const std::string& step) {
    if (step == "dump pmProject") clock.advance(11s);
  };
  EXPECT_EQ(error_of([&] { take_archive(); }).kind(), ErrorKind::timeout);
  EXPECT_THAT(archives(), IsEmpty());
  EXPECT_THAT(list().unfinished, IsEmpty());
}

TEST_F(TakeArchive, DryRunWritesNothingAndReportsEachStep) {
  plan.archives->retention.last = 1;
  take_days(1);
  const auto before = archives();
  WitnessedRun trying(clock, std::nullopt, Mode::dry_run);
  engine::DryRun dry(std::make_unique<FakeEngine>(server));
  const auto opened = archive::dry_run(store());
  tidegate::snapshot::take_archive(trying.run, dry, *opened, journal, plan);
  EXPECT_EQ(archives(), before);
  EXPECT_THAT(trying.progress.text(), HasSubstr("would publish 'syrf-20261123T030004Z.dump'"));
  EXPECT_THAT(trying.progress.text(), HasSubstr("would remove 'syrf-20261122T030004Z.dump'"));
}

TEST_F(TakeArchive, IsRecordedInTheJournal) {
  const auto taken = take_archive();
  ASSERT_THAT(journal.ended, SizeIs(1));
  EXPECT_EQ(journal.ended[0].run, taken.entry.metadata.run);
  EXPECT_EQ(journal.ended[0].from, "syrftest");
  EXPECT_EQ(journal.ended[0].to, place().string());
  EXPECT_EQ(journal.ended[0].outcome, "ok");
}

TEST_F(TakeArchive, ExplainsRetentionAndRemovesNothing) {
  take_days(4);
  plan.archives->retention.last = 2;
  const auto opened =
      store([](std::string_view step) { ADD_FAILURE() << "it changed something: " << step; });
  const auto sentences = tidegate::snapshot::explain_retention(start(), *opened, plan);
  ASSERT_THAT(sentences, SizeIs(4));
  EXPECT_FALSE(sentences[0].verdict.stays);
  EXPECT_FALSE(sentences[1].verdict.stays);
  EXPECT_EQ(sentences[2].verdict.why, "2nd of the 2 newest");
  EXPECT_EQ(sentences[3].verdict.why, "1st of the 2 newest");
}

}  // namespace
}  // namespace tidegate::test
