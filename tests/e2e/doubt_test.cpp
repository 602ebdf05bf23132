// The answer to the commit write is lost, and the lease runs out before the run can ask again:
// whether the plan is written is unknown then, so nothing may be thrown away.

#include <gtest/gtest.h>

#include "support/program_flow.hpp"
#include "support/relay.hpp"

namespace tidegate::test {
namespace {

using Strings = std::vector<std::string>;
const Environment k_short_lease = {{"TIDEGATE_TEST_LEASE_SECONDS", "1"}};
// In the commit write alone.
constexpr const char* k_commit = "$literal";

class Doubt : public ::testing::TestWithParam<Relay::Request> {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "doubt");
    make_small_production(flow_->admin(), flow_->production());
    flow_->expect(0, {"snapshot"});
    previous_ = flow_->image_of(flow_->snapshot());
    touch_production(flow_->admin(), flow_->production(), 1);
    const auto uri = flow_->producer_uri();
    const auto port = port_of(uri);
    if (!port) GTEST_SKIP() << "more than one host: " << uri;
    relay_ = std::make_unique<Relay>(*port);
    relay_->cut_at(k_commit, GetParam());
    environment_ = k_short_lease;
    environment_["PRODUCER_URI"] = by_way_of(*relay_, uri) + "&serverSelectionTimeoutMS=500";
  }

  bool arrives() const { return GetParam() == Relay::Request::arrives; }

  /// Runs until the commit is cut off, and on until its lease has run out.
  std::unique_ptr<Process> run_into_doubt() {
    auto process = flow_->start({"snapshot"}, environment_);
    EXPECT_TRUE(eventually([&] { return relay_->is_cut() || !process->running(); }, 100s));
    EXPECT_TRUE(process->running()) << process->err_so_far();
    process->stop_and_wait();
    pause(1500ms);
    return process;
  }

  void expect_plan_and_staging() {
    EXPECT_EQ(flow_->lease(flow_->snapshot()).contains("plan"), arrives());
    EXPECT_FALSE(leftovers(flow_->admin(), flow_->snapshot()).empty());
  }

  void expect_next_run_sets_it_right() {
    flow_->expect(0, {"snapshot", "--wait", "100s"});
    EXPECT_EQ(differences(flow_->image_of(flow_->production()), flow_->image_of(flow_->snapshot())),
              Strings());
    EXPECT_EQ(leftovers(flow_->admin(), flow_->snapshot()), Strings());
  }

  std::unique_ptr<Flow> flow_;
  std::unique_ptr<Relay> relay_;
  DatabaseImage previous_;
  Environment environment_;
};

TEST_P(Doubt, ThatIsNeverClearedUpKeepsWhatWasStaged) {
  auto process = run_into_doubt();
  process->signal(SIGCONT);
  const auto outcome = process->wait();
  EXPECT_EQ(outcome.exit_code, 8) << outcome;
  expect_plan_and_staging();
  expect_next_run_sets_it_right();
}

TEST_P(Doubt, IsClearedUpWhenTheServerCanBeAskedAgain) {
  auto process = run_into_doubt();
  relay_->reconnect();
  process->signal(SIGCONT);
  const auto outcome = process->wait();
  // A commit that is written counts, even when the lease has run out since. One that is not must
  // not be written any more, unless the lease was renewed first.
  EXPECT_TRUE(outcome.exit_code == 0 || (!arrives() && outcome.exit_code == 7)) << outcome;
  auto found = flow_->image_of(flow_->snapshot());
  for (const auto& name : leftovers(flow_->admin(), flow_->snapshot())) {
    EXPECT_NE(outcome.exit_code, 0) << name;
    found.collections.erase(name);
  }
  const auto expected = outcome.exit_code == 0 ? flow_->image_of(flow_->production()) : previous_;
  EXPECT_EQ(differences(expected, found), Strings());
  expect_next_run_sets_it_right();
}

TEST_P(Doubt, IsForTheNextHolderToClearUp) {
  auto process = run_into_doubt();
  expect_plan_and_staging();
  expect_next_run_sets_it_right();
  const auto published = flow_->metadata(flow_->snapshot()).at("run");
  relay_->reconnect();
  process->signal(SIGCONT);
  const auto outcome = process->wait();
  EXPECT_NE(outcome.exit_code, 0) << outcome;
  EXPECT_NE(outcome.exit_code, 1) << outcome;
  EXPECT_EQ(flow_->metadata(flow_->snapshot()).at("run"), published) << outcome;
  EXPECT_EQ(differences(flow_->image_of(flow_->production()), flow_->image_of(flow_->snapshot())),
            Strings());
}

INSTANTIATE_TEST_SUITE_P(OfACommit, Doubt,
                         ::testing::Values(Relay::Request::arrives, Relay::Request::is_lost),
                         [](const auto& test) {
                           return test.param == Relay::Request::arrives ? "ThatArrived"
                                                                        : "ThatDidNot";
                         });

}  // namespace
}  // namespace tidegate::test
