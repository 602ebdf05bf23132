// The commit write is carried out, and the server says that its write concern was not met: it may
// be rolled back by a change of primary, or stay.

#include <gtest/gtest.h>

#include "support/program_flow.hpp"
#include "support/relay.hpp"

namespace tidegate::test {
namespace {

using Strings = std::vector<std::string>;
constexpr const char* k_commit = "$literal";  // in the commit write alone
constexpr int k_shutdown = 91;
constexpr int k_unsatisfiable = 100;  // none of those that pass by themselves

class WriteConcern : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "concern");
    make_small_production(flow_->admin(), flow_->production());
    flow_->expect(0, {"snapshot"});
    touch_production(flow_->admin(), flow_->production(), 1);
    const auto uri = flow_->producer_uri();
    const auto port = port_of(uri);
    if (!port) GTEST_SKIP() << "more than one host: " << uri;
    relay_ = std::make_unique<Relay>(*port);
    environment_["PRODUCER_URI"] = by_way_of(*relay_, uri);
  }

  void expect_snapshot() {
    EXPECT_EQ(differences(flow_->image_of(flow_->production()), flow_->image_of(flow_->snapshot())),
              Strings());
    EXPECT_EQ(leftovers(flow_->admin(), flow_->snapshot()), Strings());
  }

  std::unique_ptr<Flow> flow_;
  std::unique_ptr<Relay> relay_;
  Environment environment_;
};

TEST_F(WriteConcern, OfACommitThatAStopMeetsLeavesWhatWasStagedToItsPlan) {
  relay_->deny_concern(k_commit, k_shutdown, 100);
  const auto process = flow_->start({"snapshot"}, environment_);
  ASSERT_TRUE(eventually([&] { return relay_->holds() || !process->running(); }, 100s));
  process->signal(SIGTERM);
  pause(500ms);  // until the signal has arrived at the run
  relay_->release();
  const auto outcome = process->wait();
  EXPECT_EQ(outcome.exit_code, 130) << outcome;
  EXPECT_TRUE(flow_->lease(flow_->snapshot()).contains("plan"));
  EXPECT_FALSE(leftovers(flow_->admin(), flow_->snapshot()).empty());
  flow_->expect(0, {"snapshot", "--wait", "100s"});
  expect_snapshot();
}

TEST_F(WriteConcern, OfACommitIsAskedForAgain) {
  relay_->release();
  relay_->deny_concern(k_commit, k_unsatisfiable);
  flow_->expect(0, {"snapshot"}, environment_);
  expect_snapshot();
}

}  // namespace
}  // namespace tidegate::test
