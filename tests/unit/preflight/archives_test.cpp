#include "preflight/archives.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "support/archive_place.hpp"
#include "support/chosen_store.hpp"
#include "support/fake_world.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class CheckArchives : public ArchivePlace {
 protected:
  std::vector<preflight::Row> found() {
    preflight::Findings findings("syrf");
    findings.ask("archives", [&] { find_archives(findings, run, chosen, 8 * 24h); });
    return findings.take();
  }
  std::vector<std::string> rows() {
    std::vector<std::string> texts;
    for (const auto& row : found()) {
      texts.push_back(fmt::format("{} {}: {}", to_text(row.result), row.name, row.message));
    }
    return texts;
  }
  ChosenStore chosen{store()};
};

TEST_F(CheckArchives, TriesThePlaceAndLeavesNothing) {
  EXPECT_THAT(rows(), ElementsAre("ok archives: '" + place().string() +
                                      "' can be written; a probe was written, read and removed",
                                  "warning snapshot: there is none yet", "ok space: 1 MB free"));
  EXPECT_TRUE(fs::is_empty(place()));
  EXPECT_EQ(preflight::verdict(found()), std::nullopt);
}

TEST_F(CheckArchives, WritesNothingInADryRun) {
  WitnessedRun dry(clock, std::nullopt, Mode::dry_run);
  preflight::Findings findings("syrf");
  find_archives(findings, dry.run, chosen, std::nullopt);
  EXPECT_EQ(findings.take().front().result, preflight::Result::unproven);
  EXPECT_FALSE(fs::exists(place()));
}

TEST_F(CheckArchives, SaysHowOldTheNewestIs) {
  put("content");
  EXPECT_THAT(rows(), Contains(HasSubstr("ok snapshot: of 2026-11-22 03:00 UTC, 0 ms old")));
  EXPECT_THAT(rows(), Contains(HasSubstr("ok space: the newest archive has 7 B, 1 MB free")));
  clock.advance(9 * 24h);
  EXPECT_THAT(rows(), Contains(HasSubstr("warning snapshot: of 2026-11-22 03:00 UTC, 9 d old; "
                                         "stale: older than 8 d")));
}

TEST_F(CheckArchives, FailsWhereThereIsNoRoomForAnotherOne) {
  put("content");
  chosen.free = Bytes{6};
  EXPECT_THAT(rows(), Contains(HasSubstr("failed space: the newest archive has 7 B, 6 B")));
  EXPECT_EQ(preflight::verdict(found()), ErrorKind::no_space);
  chosen.free = std::nullopt;
  EXPECT_THAT(rows(), Contains(HasSubstr("unproven space: ")));
}

TEST_F(CheckArchives, NamesDamagedArchivesAndRemarks) {
  const auto entry = put("content");
  std::ofstream(path(entry.name)) << "less";
  chosen.remarked = {{"it keeps versions", "remove them"}};
  EXPECT_THAT(rows(), Contains("warning archives: it keeps versions"));
  EXPECT_THAT(rows(), Contains(HasSubstr("warning archives: '" + entry.name + "' is damaged")));
}

TEST_F(CheckArchives, FailsAPlaceThatIsNoDirectory) {
  directory.write("snapshots", "a file");
  EXPECT_THAT(rows(), ElementsAre(HasSubstr("failed archives: cannot use ")));
  EXPECT_EQ(preflight::verdict(found()), ErrorKind::config);
}

}  // namespace
}  // namespace tidegate::test
