// The main job from end to end: a snapshot of the eleven collections, a preview filled from it,
// verified and dropped, and what status says at each point.

#include <gtest/gtest.h>

#include "bench/generate.hpp"
#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

class MainJob : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "flow");
    bench::generate(server->uri(), flow_->production(), {.bytes = 3'000'000, .seed = 4});
  }

  Json only_database(const Outcome& status) {
    const auto json = status.json();
    if (!json.contains("databases") || json.at("databases").size() != 1) {
      ADD_FAILURE() << status;
      return Json::object();
    }
    return json.at("databases").at(0);
  }

  void expect_metadata(const Json& json, const std::string& source) {
    for (const char* field : {"timestamp", "startedAt", "finishedAt", "run"}) {
      EXPECT_TRUE(json.contains(field) && !json.at(field).get<std::string>().empty()) << field;
    }
    EXPECT_EQ(json.value("source", ""), source);
    EXPECT_EQ(json.value("status", ""), "complete");
    EXPECT_EQ(json.value("method", ""), "$out");
    EXPECT_EQ(json.value("schemaVersion", ""), "42");
    EXPECT_EQ(json.value("schema", 0), 1);
    EXPECT_EQ(json.value("tool", Json::object()).value("name", ""), "tidegate");
    EXPECT_FALSE(json.value("tool", Json::object()).value("version", "").empty());
    EXPECT_EQ(json.value("collections", Json::array()), Json(bench::collection_names()));
    for (const auto& content : json.value("contents", Json::array())) {
      if (content.value("type", "collection") == "view") continue;
      const auto name = content.at("name").get<std::string>();
      EXPECT_EQ(content.value("documents", -1), flow_->admin().count(flow_->production(), name));
      EXPECT_GT(content.value("bytes", 0), 0) << name;
      EXPECT_GE(content.value("indexes", 0), 2) << name;
      EXPECT_EQ(content.value("checksum", "").size(), 32U) << name;
    }
  }

  std::unique_ptr<Flow> flow_;
};

TEST_F(MainJob, TakesFillsVerifiesReportsAndDrops) {
  auto& flow = *flow_;
  const auto before = flow.image_of(flow.production());

  const auto none = only_database(flow.expect(0, {"status", "--json"}));
  EXPECT_EQ(none.value("name", ""), "syrf");
  EXPECT_EQ(none.value("engine", ""), "mongodb");
  EXPECT_TRUE(none.at("snapshot").is_null());

  const auto taken = flow.expect(0, {"snapshot", "--json"}).json();
  expect_metadata(taken, flow.production());
  EXPECT_EQ(taken.value("target", ""), "snapshot");
  EXPECT_TRUE(taken.contains("elapsed_seconds"));
  EXPECT_EQ(differences(before, flow.image_of(flow.snapshot())), std::vector<std::string>());
  EXPECT_EQ(flow.metadata(flow.snapshot()).value("run", ""), taken.value("run", "?"));
  EXPECT_EQ(leftovers(flow.admin(), flow.snapshot()), std::vector<std::string>());

  const auto filled = flow.expect(0, {"restore", "pr-1", "--commit", "4be1c02", "--repository",
                                      "camarades/syrf", "--json"})
                          .json();
  EXPECT_EQ(filled.value("target", ""), "pr-1");
  EXPECT_EQ(filled.at("snapshot").at("run"), taken.at("run"));
  EXPECT_EQ(filled.at("snapshot").at("source"), flow.production());
  EXPECT_EQ(filled.at("pullRequest").at("number"), 1);
  EXPECT_EQ(filled.at("pullRequest").at("commit"), "4be1c02");
  EXPECT_EQ(filled.at("pullRequest").at("repository"), "camarades/syrf");
  EXPECT_EQ(filled.value("verified", ""), "checksum");
  EXPECT_EQ(filled.value("consistency", ""), taken.value("consistency", "?"));
  EXPECT_EQ(differences(before, flow.image_of(flow.preview(1))), std::vector<std::string>());

  const auto verified = flow.expect(0, {"verify", "pr-1", "--json"}).json();
  EXPECT_EQ(verified.value("target", ""), "pr-1");
  EXPECT_TRUE(verified.value("equal", false));
  EXPECT_EQ(verified.value("method", ""), "checksum");
  EXPECT_TRUE(verified.at("differences").empty());
  flow.expect(0, {"verify", "snapshot"});

  const auto status = only_database(flow.expect(0, {"status", "--json"}));
  EXPECT_EQ(status.at("snapshot").at("run"), taken.at("run"));
  EXPECT_GE(status.at("snapshot").at("age_seconds").get<double>(), 0);
  EXPECT_FALSE(status.at("snapshot").at("stale").get<bool>());
  const auto target = std::find_if(status.at("targets").begin(), status.at("targets").end(),
                                   [](const Json& each) { return each.at("name") == "pr-1"; });
  ASSERT_NE(target, status.at("targets").end()) << status.dump(2);
  EXPECT_EQ(target->at("database"), flow.preview(1));
  EXPECT_EQ(target->at("run"), filled.at("run"));
  // Not locked: false, or nothing at all.
  EXPECT_TRUE(!target->contains("locked") || !target->at("locked").is_object());

  flow.expect(0, {"drop", "pr-1", "--json"});
  const auto databases = flow.admin().databases();
  EXPECT_EQ(std::count(databases.begin(), databases.end(), flow.preview(1)), 0);
  flow.expect(0, {"drop", "pr-1"});
  EXPECT_EQ(differences(before, flow.image_of(flow.production())), std::vector<std::string>());
}

TEST_F(MainJob, FindsASingleChangedDocument) {
  auto& flow = *flow_;
  flow.expect(0, {"snapshot"});
  flow.expect(0, {"restore", "pr-1"});
  const auto study = flow.admin().find_one(flow.preview(1), "pmPotential");
  ASSERT_TRUE(study.has_value());
  flow.admin().update_one(flow.preview(1), "pmPotential", Json::object(),
                          {{"$set", {{"status", 77}}}});
  const auto report = flow.expect(10, {"verify", "pr-1", "--json"}).json();
  EXPECT_FALSE(report.value("equal", true));
  ASSERT_EQ(report.at("differences").size(), 1U) << report.dump(2);
  EXPECT_EQ(report.at("differences").at(0).at("collection"), "pmPotential");
  for (const char* field : {"what", "expected", "found"}) {
    EXPECT_TRUE(report.at("differences").at(0).contains(field)) << field;
  }
}

TEST_F(MainJob, FillsStagingOnlyByItsOwnUser) {
  auto& flow = *flow_;
  flow.expect(0, {"snapshot"});
  flow.expect(0, {"restore", "staging", "--yes"});
  EXPECT_EQ(differences(flow.image_of(flow.snapshot()), flow.image_of(flow.staging())),
            std::vector<std::string>());
  EXPECT_EQ(flow.metadata(flow.staging()).value("target", ""), "staging");
  flow.expect(9, {"restore", "staging", "--yes"}, {{"STAGING_URI", flow.preview_uri(1)}});
}

TEST_F(MainJob, LeavesASeedMarkerWhereTheApplicationIsToFill) {
  auto& flow = *flow_;
  flow.expect(0, {"snapshot"});
  flow.expect(0, {"restore", "pr-1"});
  flow.expect(0, {"drop", "pr-1", "--seed", "--commit", "4be1c02"});
  EXPECT_TRUE(flow.image_of(flow.preview(1)).collections.empty());
  EXPECT_EQ(flow.metadata(flow.preview(1)).value("method", ""), "seed");
}

}  // namespace
}  // namespace tidegate::test
