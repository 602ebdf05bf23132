// A target that is filled again: what is still equal is left in place, and a restore that may not
// or cannot be done says so before anything is touched.

#include <gtest/gtest.h>

#include <sstream>

#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

using Strings = std::vector<std::string>;

class Refresh : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "refresh");
    make_small_production(flow_->admin(), flow_->production());
  }

  /// Collections whose UUID is another now: those that were copied.
  static Strings copied(const DatabaseImage& before, const DatabaseImage& after) {
    Strings names;
    for (const auto& [name, collection] : after.collections) {
      const auto old = before.collections.find(name);
      if (collection.type == "view") continue;
      if (old == before.collections.end() || old->second.uuid != collection.uuid) {
        names.push_back(name);
      }
    }
    return names;
  }

  void set_every(const std::string& wait) {
    auto text = flow_->config();
    const std::string old = "{tries: 2, every: 100ms}";
    flow_->set_config(text.replace(text.find(old), old.size(), wait));
  }

  std::unique_ptr<Flow> flow_;
};

TEST_F(Refresh, OfAnUnchangedTargetCopiesNothing) {
  auto& flow = *flow_;
  flow.expect(0, {"snapshot"});
  flow.expect(0, {"restore", "pr-1"});
  const auto before = flow.image_of(flow.preview(1));
  const auto run = flow.metadata(flow.preview(1)).at("run");
  const auto outcome = flow.expect(0, {"restore", "pr-1"});
  const auto after = flow.image_of(flow.preview(1));
  EXPECT_EQ(copied(before, after), Strings());
  EXPECT_EQ(differences(before, after), Strings());
  EXPECT_NE(flow.metadata(flow.preview(1)).at("run"), run);
  EXPECT_NE(outcome.all().find("unchanged"), std::string::npos) << outcome;
}

TEST_F(Refresh, OfATargetWithOneChangedCollectionCopiesThatOne) {
  auto& flow = *flow_;
  flow.expect(0, {"snapshot"});
  flow.expect(0, {"restore", "pr-1"});
  const auto before = flow.image_of(flow.preview(1));
  flow.admin().update_one(flow.preview(1), "pmStudy", Json::object(), {{"$set", {{"x", 1}}}});
  flow.expect(0, {"restore", "pr-1"});
  const auto after = flow.image_of(flow.preview(1));
  EXPECT_EQ(copied(before, after), Strings{"pmStudy"});
  EXPECT_EQ(differences(before, after), Strings());
}

TEST_F(Refresh, BringsBackIndexesAndRemovesWhatIsForeign) {
  auto& flow = *flow_;
  flow.expect(0, {"snapshot"});
  flow.expect(0, {"restore", "pr-1"});
  auto& admin = flow.admin();
  admin.command(flow.preview(1), {{"dropIndexes", "pmStudy"}, {"index", "code"}});
  admin.create_indexes(flow.preview(1), "pmProject", {{{"key", {{"x", 1}}}, {"name", "x"}}});
  admin.insert(flow.preview(1), "foreign", {{{"_id", 1}}});
  admin.drop_collection(flow.preview(1), "pmInvestigator");
  admin.command(flow.preview(1),
                {{"collMod", "firstProjects"}, {"viewOn", "pmStudy"}, {"pipeline", Json::array()}});
  admin.command(flow.preview(1),
                {{"create", "foreignView"}, {"viewOn", "pmStudy"}, {"pipeline", Json::array()}});
  flow.expect(0, {"restore", "pr-1"});
  EXPECT_EQ(differences(flow.image_of(flow.snapshot()), flow.image_of(flow.preview(1))), Strings());
}

TEST_F(Refresh, HoldsExactlyWhatTheNewSnapshotHolds) {
  auto& flow = *flow_;
  flow.expect(0, {"snapshot"});
  flow.expect(0, {"restore", "pr-1"});
  flow.admin().drop_collection(flow.production(), "pmInvestigator");
  flow.admin().drop_collection(flow.production(), "firstProjects");
  flow.admin().insert(flow.production(), "pmNew", {{{"_id", "a"}}});
  flow.expect(0, {"snapshot"});
  EXPECT_EQ(differences(flow.image_of(flow.production()), flow.image_of(flow.snapshot())),
            Strings());
  flow.expect(0, {"restore", "pr-1"});
  EXPECT_EQ(differences(flow.image_of(flow.production()), flow.image_of(flow.preview(1))),
            Strings());
}

TEST_F(Refresh, WithoutASnapshotWaitsAloudAndNamesTheThreeWaysOut) {
  const auto outcome = flow_->expect(6, {"restore", "pr-1"});
  for (const char* way : {"tidegate snapshot", "use-snapshot", "2 times"}) {
    EXPECT_NE(outcome.err.find(way), std::string::npos) << way << '\n' << outcome;
  }
  EXPECT_TRUE(flow_->admin().collections(flow_->preview(1)).empty());
}

TEST_F(Refresh, ThatFailsIsToldAsALineOfAJsonLog) {
  const auto flagged = flow_->expect(6, {"restore", "pr-1", "--log-format", "json"});
  flow_->set_config("log: {format: json}\n" + flow_->config());
  const auto configured = flow_->expect(6, {"restore", "pr-1"});
  for (const auto& outcome : {flagged, configured}) {
    std::istringstream lines(outcome.err);
    Json last;
    for (std::string line; std::getline(lines, line);) {
      last = Json::parse(line, nullptr, false);
      EXPECT_TRUE(last.is_object()) << line;
    }
    EXPECT_EQ(last.value("level", ""), "error") << outcome;
    EXPECT_EQ(last.value("exit_code", ""), "6") << outcome;
    EXPECT_NE(last.value("hint", ""), "") << outcome;
  }
}

TEST_F(Refresh, BeginsWhenTheFirstSnapshotArrives) {
  set_every("{tries: 3000, every: 100ms}");
  auto restore = flow_->start({"restore", "pr-1"});
  EXPECT_TRUE(
      eventually([&] { return restore->err_so_far().find("3000") != std::string::npos; }, 100s))
      << restore->err_so_far();
  flow_->expect(0, {"snapshot"});
  const auto outcome = restore->wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  EXPECT_EQ(differences(flow_->image_of(flow_->snapshot()), flow_->image_of(flow_->preview(1))),
            Strings());
}

TEST_F(Refresh, OfALockedTargetIsRefused) {
  auto& flow = *flow_;
  flow.expect(0, {"snapshot"});
  flow.expect(0, {"restore", "pr-1"});
  const Json lock = {{"label", "persist-db"}, {"since", {{"$date", "2026-11-01T10:00:00Z"}}}};
  flow.admin().update_one(flow.preview(1), "snapshot_metadata", {{"_id", "latest"}},
                          {{"$set", {{"locked", lock}}}});
  flow.admin().update_one(flow.preview(1), "pmStudy", Json::object(), {{"$set", {{"mine", 1}}}});
  const auto before = fingerprint(flow.image_of(flow.preview(1)));
  const auto outcome = flow.expect(5, {"restore", "pr-1"});
  EXPECT_NE(outcome.err.find("persist-db"), std::string::npos) << outcome;
  flow.expect(5, {"drop", "pr-1"});
  flow.expect(5, {"drop", "pr-1", "--seed"});
  EXPECT_EQ(fingerprint(flow.image_of(flow.preview(1))), before);
  const auto status = flow.expect(0, {"status", "--json"}).json();
  EXPECT_NE(status.dump().find("persist-db"), std::string::npos) << status.dump(2);
}

TEST_F(Refresh, IsOnlySaidInADryRun) {
  auto& flow = *flow_;
  const auto everything = [&] {
    std::string text;
    for (const auto& name : flow.admin().databases()) {
      if (name.rfind(flow.server().prefix(), 0) != 0) continue;
      text += name + " " + fingerprint(image(flow.admin(), name, "-")) + "\n";
    }
    return text;
  };
  const auto at_first = everything();
  const auto taken = flow.expect(0, {"snapshot", "--dry-run"});
  EXPECT_FALSE(taken.all().empty());
  EXPECT_EQ(everything(), at_first);
  flow.expect(0, {"snapshot"});
  const auto with_snapshot = everything();
  flow.expect(0, {"restore", "pr-1", "--dry-run"});
  EXPECT_EQ(everything(), with_snapshot);
  flow.expect(0, {"restore", "pr-1"});
  const auto with_preview = everything();
  flow.expect(0, {"restore", "pr-1", "--dry-run"});
  flow.expect(0, {"drop", "pr-1", "--dry-run"});
  flow.expect(0, {"drop", "pr-1", "--seed", "--dry-run"});
  flow.expect(0, {"snapshot", "--dry-run"});
  EXPECT_EQ(everything(), with_preview);
}

TEST_F(Refresh, IsDueWhenTheSnapshotIsOlderThanItMayBe) {
  flow_->expect(0, {"snapshot"});
  flow_->add_to_config("snapshot", "max_age: 1ms");
  const auto stale = flow_->expect(0, {"status", "--json"}).json();
  EXPECT_TRUE(stale.at("databases").at(0).at("snapshot").at("stale").get<bool>()) << stale.dump(2);
}

TEST_F(Refresh, OfAFilledNamedTargetIsRefusedWithoutATerminalOrYes) {
  flow_->expect(0, {"snapshot"});
  flow_->expect(0, {"restore", "staging"});
  const auto again = flow_->tidegate({"restore", "staging"});
  // There is no terminal to ask on: jobs pass --yes, or it is done without asking; it never hangs.
  EXPECT_TRUE(again.exit_code == 0 || again.exit_code == 2) << again;
  flow_->expect(0, {"restore", "staging", "--yes"});
}

TEST_F(Refresh, TakesOnlyTheCollectionsAskedFor) {
  flow_->add_to_config("snapshot", "include: [pmStudy, pmP*]");
  flow_->expect(0, {"snapshot"});
  EXPECT_EQ(flow_->metadata(flow_->snapshot()).at("collections"), Json({"pmProject", "pmStudy"}));
  flow_->expect(0, {"restore", "pr-1"});
  EXPECT_EQ(flow_->image_of(flow_->preview(1)).collections.count("pmInvestigator"), 0U);
}

TEST_F(Refresh, IsRefusedWhenACollectionAskedForIsNotThere) {
  flow_->expect(0, {"snapshot"});
  const auto before = flow_->image_of(flow_->snapshot());
  flow_->add_to_config("snapshot", "include: [pmStudy, pmStduy]");
  const auto outcome = flow_->expect(6, {"snapshot"});
  EXPECT_NE(outcome.err.find("pmStduy"), std::string::npos) << outcome;
  EXPECT_EQ(differences(before, flow_->image_of(flow_->snapshot())), Strings());
}

TEST_F(Refresh, IsRecordedInTheJournal) {
  const auto journal = (flow_->directory().path() / "journal.db").string();
  flow_->set_config(flow_->config() + "journal: " + journal + "\n");
  flow_->expect(0, {"snapshot"});
  flow_->expect(9, {"restore", "pr-1"}, {{"PREVIEW_URI", flow_->preview_uri(2)}});
  const auto runs = flow_->expect(0, {"status", "--runs"});
  EXPECT_NE(runs.out.find("snapshot"), std::string::npos) << runs;
  EXPECT_NE(runs.out.find("permission"), std::string::npos) << runs;
  Flow::expect_no_secret(read_text(journal));
}

}  // namespace
}  // namespace tidegate::test
