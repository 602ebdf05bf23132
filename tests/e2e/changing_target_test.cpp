// A target whose own users go on writing to it while it is filled or dropped.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/program_flow.hpp"
#include "support/relay.hpp"

namespace tidegate::test {
namespace {

using Strings = std::vector<std::string>;
constexpr int k_gone = 26;

class ChangingTarget : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "changing");
    make_small_production(flow_->admin(), flow_->production());
    flow_->admin().insert(flow_->production(), "job", {{{"_id", 1}, {"at", 1}, {"word", "aaaa"}}});
    const auto uri = flow_->preview_uri(1);
    relay_ = std::make_unique<Relay>(port_of(uri).value());
    relay_->say_mongod();  // a probe would meet the refusals first
    way_ = {{"PREVIEW_URI", by_way_of(*relay_, uri)}};
  }

  /// Of the same size, so that only a checksum shows it.
  void write_to_preview(const std::string& word) {
    flow_->admin().update_one(flow_->preview(1), "job", {{"_id", 1}}, {{"$set", {{"word", word}}}});
  }
  void expect_preview() {
    EXPECT_EQ(differences(flow_->image_of(flow_->snapshot()), flow_->image_of(flow_->preview(1)),
                          Ttl::ignored),
              Strings());
    EXPECT_EQ(leftovers(flow_->admin(), flow_->preview(1)), Strings());
  }

  std::unique_ptr<Flow> flow_;
  std::unique_ptr<Relay> relay_;
  Environment way_;
};

TEST_F(ChangingTarget, WrittenToWhileTtlIndexesAreBuiltIsFilledRightly) {
  const Json ttl = {{"key", {{"until", 1}}}, {"name", "until_1"}, {"expireAfterSeconds", 3600}};
  flow_->admin().create_indexes(flow_->production(), "pmStudy", {ttl});
  flow_->expect(0, {"snapshot"});
  flow_->expect(0, {"restore", "pr-1"});
  relay_->hold("expireAfterSeconds");
  auto process = flow_->start({"restore", "pr-1"}, way_);
  ASSERT_TRUE(eventually([&] { return relay_->holds() || !process->running(); }, 100s));
  ASSERT_TRUE(process->running()) << process->err_so_far();
  write_to_preview("bbbb");
  relay_->release();
  const auto outcome = process->wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  expect_preview();
}

TEST_F(ChangingTarget, WhoseSnapshotIsGoneWhileWhatDiffersIsCopiedStartsOver) {
  flow_->expect(0, {"snapshot"});
  flow_->expect(0, {"restore", "pr-1"});
  write_to_preview("bbbb");
  relay_->refuse("$out", k_gone, 3);
  const auto outcome = flow_->expect(0, {"restore", "pr-1"}, way_);
  EXPECT_EQ(relay_->refusals_left(), 0);
  EXPECT_NE(outcome.all().find("starting over"), std::string::npos) << outcome;
  expect_preview();
}

TEST_F(ChangingTarget, ThatIsMadeAnewWhileItIsDroppedStaysTidegatesAndSaysSo) {
  flow_->expect(0, {"snapshot"});
  flow_->expect(0, {"restore", "pr-1"});
  std::atomic<bool> ending{false};
  std::thread writer([&] {
    auto client = flow_->server().client();
    for (int i = 0; !ending; ++i) client.insert(flow_->preview(1), "job", {{{"n", i}}});
  });
  const auto outcome = flow_->tidegate({"drop", "pr-1", "--yes"});
  ending = true;
  writer.join();
  EXPECT_EQ(outcome.exit_code, 7) << outcome;
  EXPECT_NE(outcome.err.find("still writes to it"), std::string::npos) << outcome;
  EXPECT_EQ(flow_->metadata(flow_->preview(1)).at("tool").at("name"), "tidegate");
  EXPECT_EQ(flow_->metadata(flow_->preview(1)).at("status"), "publishing");
  flow_->expect(0, {"drop", "pr-1", "--yes"});
  EXPECT_TRUE(flow_->metadata(flow_->preview(1)).is_null());
}

TEST_F(ChangingTarget, WhoseProductionHasACollectionOfTheMetadatasNameIsFilledWithAWarning) {
  flow_->admin().insert(flow_->production(), "snapshot_metadata", {{{"_id", "latest"}}});
  const auto outcome = flow_->expect(0, {"snapshot"});
  EXPECT_NE(outcome.all().find("'snapshot_metadata' has the name of tidegate's own metadata"),
            std::string::npos)
      << outcome;
}

}  // namespace
}  // namespace tidegate::test
