#include "snapshot/drill.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "snapshot/prove.hpp"
#include "support/archive_world.hpp"

namespace tidegate::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr auto k_scratch = "tidegate_drill_syrf";

class Drill : public ArchiveWorld {};

TEST_F(Drill, RestoresTheNewestArchiveComparesItAndDropsIt) {
  take_archive();
  clock.advance(24h);
  const auto taken = take_archive();
  const auto drilled = drill();
  EXPECT_EQ(drilled.entry.name, taken.entry.name);
  EXPECT_TRUE(drilled.report.equal());
  EXPECT_THAT(drilled.report.contents, SizeIs(3));
  EXPECT_EQ(server.find(k_scratch), nullptr);
  EXPECT_THAT(server.databases(), ElementsAre("syrftest"));
}

TEST_F(Drill, RestoresTheArchiveThatIsNamed) {
  const auto first = take_archive().entry.name;
  clock.advance(24h);
  take_archive();
  EXPECT_EQ(drill(first).entry.name, first);
  EXPECT_EQ(drill("/some/where/" + first).entry.name, first);
  EXPECT_EQ(error_of([&] { drill("syrf-20200101T000000Z.dump"); }).kind(), ErrorKind::not_found);
}

TEST_F(Drill, RecordsTheChecksumsThatItLearns) {
  take_archive();
  EXPECT_THAT(list().archives[0].metadata.find("pmProject")->checksum, IsEmpty());
  EXPECT_TRUE(drill().learnt);
  const auto metadata = list().archives[0].metadata;
  EXPECT_EQ(metadata.find("pmProject")->checksum, server.read("syrftest")["pmProject"].checksum());
  EXPECT_EQ(metadata.verified, Verified::none);  // production was not asked
  EXPECT_FALSE(drill().learnt);
}

TEST_F(Drill, RecordsItsSuccess) {
  plan.archives->checksums = true;
  take_archive();
  EXPECT_FALSE(list().archives[0].drilled);
  clock.advance(24h);
  const auto begun = clock.now();
  drill();
  EXPECT_EQ(list().archives[0].drilled, begun);
  clock.advance(24h);
  server.lose_document_of = "pmProject";
  drill();
  EXPECT_EQ(list().archives[0].drilled, begun);
}

TEST_F(Drill, ComparesTheCopyWithRecordedChecksums) {
  plan.archives->checksums = true;
  take_archive();
  server.lose_document_of = "pmProject";
  const auto drilled = drill();
  ASSERT_THAT(drilled.report.differences, Not(IsEmpty()));
  EXPECT_EQ(drilled.report.differences[0].collection, "pmProject");
  EXPECT_FALSE(drilled.learnt);
  EXPECT_EQ(server.find(k_scratch), nullptr);
  EXPECT_EQ(journal.ended.back().outcome, "verification");
}

TEST_F(Drill, DropsTheScratchDatabaseWhenItFails) {
  take_archive();
  server.on_step = [](const std::string& step) {
    if (step == "load pmStudy") throw Error(ErrorKind::remote, "the server fell over");
  };
  EXPECT_EQ(error_of([&] { drill(); }).kind(), ErrorKind::remote);
  EXPECT_EQ(server.find(k_scratch), nullptr);
}

TEST_F(Drill, DropsTheScratchDatabaseWhenItIsStopped) {
  take_archive();
  std::optional<std::chrono::milliseconds> time_to_drop;
  server.on_step = [&](const std::string& step) {
    if (step == "load pmProject") last().stop.request_stop();
    if (last().run.shielded()) time_to_drop = last().run.remaining();
  };
  EXPECT_EQ(error_of([&] { drill(); }).kind(), ErrorKind::cancelled);
  ASSERT_TRUE(time_to_drop);
  EXPECT_LE(*time_to_drop, 5s);  // the whole program is to be gone within ten
  EXPECT_EQ(server.find(k_scratch), nullptr);
}

TEST_F(Drill, RemovesAbandonedDataOfAnInterruptedDrill) {
  take_archive();
  FakeEngine dying(server);
  server.on_step = [&](const std::string& step) {
    if (step == "load pmStudy") {
      dying.crash();
      throw Crashed{};
    }
  };
  EXPECT_THROW(tidegate::snapshot::drill(start(), dying, *store(), archive_gate, journal, plan),
               Crashed);
  server.on_step = {};
  ASSERT_NE(server.find(k_scratch), nullptr);
  clock.advance(1min);
  EXPECT_TRUE(drill().report.equal());
  EXPECT_THAT(said(), HasSubstr("warning recovered: cleared 2 staged collections"));
  EXPECT_EQ(server.find(k_scratch), nullptr);
}

TEST_F(Drill, NeverWritesAForeignDatabase) {
  take_archive();
  server.load(k_scratch, "mine", {{"1", "precious"}});
  EXPECT_EQ(error_of([&] { drill(); }).kind(), ErrorKind::refused);
  EXPECT_THAT(data(k_scratch), SizeIs(1));
}

TEST_F(Drill, FindsDamageBeforeItRestores) {
  const auto name = take_archive().entry.name;
  std::fstream(path(name), std::ios::in | std::ios::out) << "X";
  EXPECT_EQ(error_of([&] { drill(); }).kind(), ErrorKind::verification);
  EXPECT_EQ(server.find(k_scratch), nullptr);
}

TEST_F(Drill, OnlyWarnsWhereTheChecksumsCannotBeRecorded) {
  take_archive();
  WitnessedRun other(clock);
  const auto opened = store();
  const auto lock = opened->lock(other.run, "syrf", {});
  const auto drilled = drill();
  EXPECT_TRUE(drilled.report.equal());
  EXPECT_FALSE(drilled.learnt);
  EXPECT_THAT(said(), HasSubstr("warning drill: not recorded beside the archive"));
}

class Prove : public ArchiveWorld {};

TEST_F(Prove, ReadsEveryArchive) {
  take_archive();
  clock.advance(24h);
  take_archive();
  const auto proved = prove();
  EXPECT_THAT(proved.archives, SizeIs(2));
  EXPECT_TRUE(proved.report.equal());
  EXPECT_EQ(journal.ended.back().outcome, "ok");
}

TEST_F(Prove, NamesEveryArchiveThatIsDamaged) {
  const auto first = take_archive().entry.name;
  clock.advance(24h);
  const auto second = take_archive().entry.name;
  clock.advance(24h);
  take_archive();
  std::fstream(path(first), std::ios::in | std::ios::out) << "X";
  std::ofstream(path(second), std::ios::app) << "more";
  const auto proved = prove();
  ASSERT_THAT(proved.report.differences, SizeIs(2));
  EXPECT_EQ(proved.report.differences[0].collection, second);
  EXPECT_EQ(proved.report.differences[1].collection, first);
  EXPECT_THAT(proved.report.differences[1].found, HasSubstr("is damaged"));
  EXPECT_EQ(journal.ended.back().outcome, "verification");
  EXPECT_EQ(error_of([&] { prove(second); }).kind(), ErrorKind::verification);
}

TEST_F(Prove, ComparesTheArchivesContentsWithItsMetadata) {
  const auto entry = take_archive().entry;
  auto claimed = entry.metadata;
  claimed.contents.push_back(claimed.contents.front());
  claimed.contents.back().name = "pmMissing";
  {
    WitnessedRun other(clock);
    const auto opened = store();
    const auto lock = opened->lock(other.run, "syrf", {});
    opened->amend(other.run, entry, claimed, *lock);
  }
  const auto proved = prove();
  ASSERT_THAT(proved.report.differences, SizeIs(1));
  EXPECT_THAT(proved.report.differences[0].what, HasSubstr("pmMissing"));
}

TEST_F(Prove, ReportsThatThereIsNoArchive) {
  EXPECT_EQ(error_of([&] { prove(); }).kind(), ErrorKind::not_found);
}

}  // namespace
}  // namespace tidegate::test
