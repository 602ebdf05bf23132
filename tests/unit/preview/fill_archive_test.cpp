#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "archive/name.hpp"
#include "archive/sidecar.hpp"
#include "base/utc.hpp"
#include "preview/fill.hpp"
#include "preview/state.hpp"
#include "support/archive_world.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class FillFromArchive : public ArchiveWorld {};

TEST_F(FillFromArchive, MakesTheTargetHoldExactlyWhatTheArchiveHolds) {
  const auto taken = take_archive();
  const auto before = data("syrftest");
  server.load("syrftest", "pmProject", {{"9", "nine"}});
  server.load("syrf_pr_1", "leftover", {{"1", "old"}});
  const auto metadata = fill_from_archive("pr-1");
  EXPECT_EQ(data("syrf_pr_1"), before);
  EXPECT_EQ(metadata.source, taken.entry.name);
  ASSERT_TRUE(metadata.snapshot);
  EXPECT_EQ(metadata.snapshot->run, taken.entry.metadata.run);
  EXPECT_EQ(metadata.snapshot->source, "syrftest");
  EXPECT_EQ(metadata.timestamp, taken.entry.metadata.timestamp);
  EXPECT_EQ(metadata.schema_version, "42");
  EXPECT_EQ(metadata.pull_request->number, 1);
  EXPECT_EQ(metadata.verified, Verified::checksum);
}

TEST_F(FillFromArchive, TakesTheNewestOrTheOneThatIsNamed) {
  const auto first = take_archive().entry.name;
  const auto before = data("syrftest");
  clock.advance(24h);
  server.load("syrftest", "pmProject", {{"9", "nine"}});
  take_archive();
  fill_from_archive("pr-1");
  EXPECT_EQ(data("syrf_pr_1"), data("syrftest"));
  fill_from_archive("pr-1", first);
  EXPECT_EQ(data("syrf_pr_1"), before);
}

TEST_F(FillFromArchive, IgnoresAnArchiveFromTheFuture) {
  const auto taken = take_archive().entry;
  auto future = taken;
  future.name = "syrf-20990101T000000Z.dump";
  fs::copy_file(path(taken.name), path(future.name));
  std::ofstream(path("syrf-20990101T000000Z.json")) << archive::write_sidecar("syrf", future);
  ASSERT_THAT(archives(), SizeIs(2));
  EXPECT_EQ(fill_from_archive("pr-1").source, taken.name);
}

TEST_F(FillFromArchive, TouchesNothingWhereTheArchiveIsDamaged) {
  const auto name = take_archive().entry.name;
  fill_from_archive("pr-1");
  const auto before = data("syrf_pr_1");
  std::fstream(path(name), std::ios::in | std::ios::out) << "X";
  EXPECT_EQ(error_of([&] { fill_from_archive("pr-1"); }).kind(), ErrorKind::verification);
  EXPECT_EQ(data("syrf_pr_1"), before);
  EXPECT_FALSE(server.find("syrf_pr_1")->lease);
}

TEST_F(FillFromArchive, WaitsForAFirstOneAndReportsEachTry) {
  restore.waiting = {3, 30s};
  const auto error = error_of([&] { fill_from_archive("pr-1"); });
  EXPECT_EQ(error.kind(), ErrorKind::not_found);
  EXPECT_THAT(error.message(), HasSubstr("no complete archive of 'syrf' in '" + place().string()));
  EXPECT_THAT(error.message(), HasSubstr("looked 3 times"));
  EXPECT_THAT(clock.sleeps(), ElementsAre(30s, 30s));
  EXPECT_EQ(server.find("syrf_pr_1"), nullptr);
}

TEST_F(FillFromArchive, NamesAMissingArchive) {
  take_archive();
  const auto error = error_of([&] { fill_from_archive("pr-1", "syrf-20200101T000000Z.dump"); });
  EXPECT_EQ(error.kind(), ErrorKind::not_found);
  EXPECT_THAT(error.message(), HasSubstr("'syrf-20200101T000000Z.dump'"));
  EXPECT_THAT(error.message(), HasSubstr("1 archive there"));
}

TEST_F(FillFromArchive, WarnsOfAnOldOne) {
  take_archive();
  restore.max_age = 24h;
  clock.advance(72h);
  fill_from_archive("pr-1");
  EXPECT_THAT(said(), HasSubstr("stale: older than 1 d"));
}

TEST_F(FillFromArchive, LeavesTheTargetWhereTheLoadFails) {
  take_archive();
  fill_from_archive("pr-1");
  const auto before = data("syrf_pr_1");
  server.load("syrftest", "pmProject", {{"9", "nine"}});
  clock.advance(24h);
  take_archive();
  server.on_step = [](const std::string& step) {
    if (step == "load pmStudy") throw Error(ErrorKind::unreachable, "connection reset");
  };
  EXPECT_EQ(error_of([&] { fill_from_archive("pr-1"); }).kind(), ErrorKind::unreachable);
  EXPECT_EQ(data("syrf_pr_1"), before);
}

TEST_F(FillFromArchive, IsReportedByStatus) {
  take_archive();
  clock.advance(24h);
  const auto newest = take_archive().entry;
  std::ofstream(path("README")) << "a stranger";
  std::ofstream(path("syrf-20250101T000000Z.dump")) << "no sidecar";
  std::ofstream(path("syrf-20250102T000000Z.dump.tmp")) << "half";
  clock.advance(48h);
  preview::StatePlan wanted{.name = "syrf",
                            .engine = EngineKind::mongodb,
                            .topology = archive_gate.topology(),
                            .max_age = 24h,
                            .snapshot = {},
                            .previews = {},
                            .targets = {},
                            .only = TargetName{"snapshot", std::nullopt}};
  wanted.archives = [this] { return store(); };
  const auto state = preview::state(start(), wanted).snapshot;
  ASSERT_TRUE(state.archives);
  EXPECT_EQ(state.archives->place, place().string());
  EXPECT_THAT(state.archives->names, SizeIs(2));
  EXPECT_EQ(state.archives->newest, newest.name);
  EXPECT_EQ(state.metadata->run, newest.metadata.run);
  EXPECT_EQ(state.age, 48h);
  EXPECT_TRUE(state.stale);
  EXPECT_THAT(state.archives->damaged, SizeIs(1));
  EXPECT_THAT(state.archives->unfinished, SizeIs(1));
  EXPECT_THAT(state.archives->strangers, ElementsAre("README"));
}

}  // namespace
}  // namespace tidegate::test
