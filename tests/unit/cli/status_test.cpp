#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "base/utc.hpp"
#include "cli/commands/status_text.hpp"
#include "cli/terminal/outcome.hpp"

namespace tidegate::cli {
namespace {

using namespace std::chrono_literals;

const OutputStyle k_plain{.unicode = false, .colour = false, .width = 120};

Metadata snapshot() {
  Metadata metadata;
  metadata.timestamp = *parse_rfc3339("2026-11-22T03:00:04Z");
  metadata.source = "syrftest";
  metadata.collections = {"pmProject"};
  metadata.method = "$out";
  metadata.run = "20261122T030004-7f3a92c1";
  metadata.consistency = Consistency::point_in_time;
  metadata.verified = Verified::checksum;
  Content content;
  content.name = "pmProject";
  content.documents = 5'412'907;
  content.bytes = Bytes{20'100'000'000};
  metadata.contents = {content};
  return metadata;
}

StatusPart part() {
  StatusPart part;
  part.state.name = "syrf";
  part.state.snapshot.database = DatabaseName("syrf_snapshot");
  part.state.snapshot.metadata = snapshot();
  part.state.snapshot.age = 148h;
  auto filled = snapshot();
  filled.snapshot = SnapshotOrigin{"r", snapshot().timestamp, "syrf_snapshot"};
  filled.pull_request = PullRequestOrigin{"o/r", 123, "4be1c02aaaa"};
  filled.locked = LockRecord{"persist-db", {}};
  preview::TargetState target{.name = "pr-123",
                              .database = DatabaseName("syrf_pr_123"),
                              .exists = true,
                              .metadata = filled,
                              .holder = {},
                              .age = 2h,
                              .stale = true,
                              .unproven = ""};
  part.state.targets = {target};
  return part;
}

preview::ArchivesState archives() {
  preview::ArchivesState archives;
  archives.place = "/snapshots";
  archives.names = {"syrf-20261121T030000Z.dump", "syrf-20261122T030000Z.dump"};
  archives.newest = "syrf-20261122T030000Z.dump";
  archives.size = Bytes{322'000'000};
  return archives;
}

TEST(Status, OfArchivesSaysHowManyThereAreAndWhatIsWrong) {
  auto state = part();
  state.with_targets = false;
  state.state.snapshot.database.reset();
  state.state.snapshot.archives = archives();
  EXPECT_EQ(status_lines(state, k_plain).at(1),
            "  snapshot   /snapshots   6 d 4 h old   5,412,907 documents   20.1 GB   checksum "
            "verified   2 archives of 322 MB in all");
  state.state.snapshot.archives->damaged = {"a"};
  state.state.snapshot.archives->unfinished = {"b"};
  state.state.snapshot.archives->strangers = {"c", "d"};
  state.state.snapshot.archives->from_the_future = {"e"};
  const auto line = fmt::format("{}", fmt::join(status_lines(state, k_plain), "\n"));
  EXPECT_NE(line.find("1 archive DAMAGED"), std::string::npos) << line;
  EXPECT_NE(line.find("1 archive FROM THE FUTURE"), std::string::npos) << line;
  EXPECT_NE(line.find("1 file unfinished"), std::string::npos) << line;
}

TEST(Status, OfArchivesAsJson) {
  auto state = part();
  state.state.snapshot.database.reset();
  state.state.snapshot.archives = archives();
  state.state.snapshot.archives->strangers = {"c", "d"};
  const auto document = status_json(state)["archives"];
  EXPECT_EQ(document["place"], "/snapshots");
  EXPECT_EQ(document["count"], 2);
  EXPECT_EQ(document["newest"], "syrf-20261122T030000Z.dump");
  EXPECT_EQ(document["bytes"], 322'000'000);
  EXPECT_EQ(document["strangers"], 2);
}

TEST(Status, SaysThatThereIsNoArchiveYet) {
  StatusPart state;
  state.state.name = "syrf";
  state.state.snapshot.archives = preview::ArchivesState{};
  state.state.snapshot.archives->place = "/snapshots";
  EXPECT_EQ(status_lines(state, k_plain).at(1),
            "  snapshot   /snapshots   no complete archive yet");
}

TEST(Status, ReadsAsInTheContract) {
  EXPECT_EQ(status_lines(part(), k_plain),
            (std::vector<std::string>{
                "syrf   mongodb",
                "  snapshot   syrf_snapshot   6 d 4 h old   5,412,907 documents   20.1 GB   "
                "checksum verified",
                "  pr-123     syrf_pr_123     from the snapshot of 2026-11-22, 2 h ago, commit "
                "4be1c02   verified   LOCKED",
                "                             STALE: a newer one exists",
            }));
}

TEST(Status, SaysWhenTheNextSnapshotIsDue) {
  auto due = part();
  due.next = parse_rfc3339("2026-11-29T03:00:00Z");
  ASSERT_TRUE(due.next);
  EXPECT_NE(status_lines(due, k_plain)[1].find("   next 2026-11-29 03:00 UTC"), std::string::npos);
  EXPECT_EQ(status_json(due)["next"], "2026-11-29T03:00:00.000Z");
}

TEST(Status, SaysWhatIsUnproven) {
  StatusPart nothing;
  nothing.state.name = "syrf";
  nothing.state.snapshot.unproven = "no variable";
  nothing.state.previews_unproven = "no user";
  EXPECT_EQ(status_lines(nothing, k_plain),
            (std::vector<std::string>{"syrf   mongodb", "  snapshot   unproven: no variable",
                                      "  previews   unproven: no user"}));
}

TEST(Status, NeverExceedsTheWidth) {
  auto long_reason = part();
  long_reason.state.snapshot.unproven =
      "the variable 'SYRF_PRODUCER_URI' is not set, which is long";
  const OutputStyle narrow{.unicode = false, .colour = false, .width = 64};
  for (const auto& line : status_lines(long_reason, narrow)) {
    EXPECT_LE(display_width(line), 64) << line;
  }
}

TEST(Status, HasTheContractsFieldsAsJson) {
  const auto json = status_json(part());
  EXPECT_EQ(json["name"], "syrf");
  EXPECT_EQ(json["snapshot"]["age_seconds"], 148 * 3600);
  EXPECT_EQ(json["snapshot"]["stale"], false);
  EXPECT_TRUE(json["next"].is_null());
  EXPECT_EQ(json["snapshot"]["source"], "syrftest");
  const auto& target = json["targets"][0];
  EXPECT_EQ(target["name"], "pr-123");
  EXPECT_EQ(target["database"], "syrf_pr_123");
  EXPECT_EQ(target["locked"], true);
  EXPECT_EQ(target["lock"]["label"], "persist-db");
  EXPECT_EQ(target["pullRequest"]["number"], 123);
}

TEST(Status, HasNoSnapshotAsNull) {
  auto none = part();
  none.state.snapshot.metadata.reset();
  EXPECT_TRUE(status_json(none)["snapshot"].is_null());
}

TEST(Outcome, IsTheMetadataAndTheTimeItTook) {
  const auto json = outcome_json(snapshot(), 372'250ms, Mode::real);
  EXPECT_EQ(json["elapsed_seconds"], 372.25);
  EXPECT_EQ(json["run"], "20261122T030004-7f3a92c1");
  EXPECT_FALSE(json.contains("dry_run"));
  EXPECT_EQ(outcome_line("snapshot", snapshot(), 372'250ms),
            "snapshot 20261122T030004-7f3a92c1   5,412,907 documents   20.1 GB   6 min 12 s   "
            "point-in-time");
}

TEST(Runs, AreATable) {
  journal::RunRecord record;
  record.run = "20261122T030004-7f3a92c1";
  record.operation = "restore";
  record.database = "syrf";
  record.target = "pr-1";
  record.outcome = "ok";
  record.who = "ci@host";
  const auto lines = runs_lines({record});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1].substr(0, 57), "20261122T030004-7f3a92c1  restore    syrf/pr-1  ok       ");
  EXPECT_EQ(runs_json({record})["runs"][0]["finished"], nullptr);
}

}  // namespace
}  // namespace tidegate::cli
