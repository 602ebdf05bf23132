// SIGINT and SIGTERM: the run stops soon, says so, and leaves what was there before.

#include <gtest/gtest.h>

#include <functional>

#include "bench/generate.hpp"
#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

using Strings = std::vector<std::string>;

class Cancelled : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "cancel");
    bench::generate(server->uri(), flow_->production(), {.bytes = 8'000'000, .seed = 2});
    flow_->expect(0, {"snapshot"});
  }

  /// Signals it while it copies; when it was done before, sets the scene and starts it again.
  Outcome cancel(const std::function<void()>& set_the_scene, const Strings& arguments,
                 const std::string& database) {
    for (int again = 0; again < 10; ++again) {
      set_the_scene();
      auto process = flow_->start(arguments);
      EXPECT_TRUE(eventually(
          [&] { return !leftovers(flow_->admin(), database).empty() || !process->running(); },
          100s));
      process->signal(GetParam());
      auto outcome = process->wait();
      if (outcome.exit_code != 0) return outcome;
    }
    ADD_FAILURE() << "always done before it could be cancelled";
    return {};
  }

  std::unique_ptr<Flow> flow_;
};

TEST_P(Cancelled, ASnapshotLeavesThePreviousOneAndNoStaging) {
  DatabaseImage before;
  int generation = 0;
  const auto outcome = cancel(
      [&] {
        before = flow_->image_of(flow_->snapshot());
        touch_production(flow_->admin(), flow_->production(), ++generation);
      },
      {"snapshot", "--json"}, flow_->snapshot());
  EXPECT_EQ(outcome.exit_code, 130) << outcome;
  EXPECT_EQ(outcome.json().at("error").value("kind", ""), "cancelled");
  EXPECT_EQ(differences(before, flow_->image_of(flow_->snapshot())), Strings());
  flow_->expect(0, {"snapshot"});  // the lease is free at once
}

TEST_P(Cancelled, ARestoreLeavesNothingWhereNothingWas) {
  const auto outcome = cancel([&] { flow_->admin().drop_database(flow_->preview(1)); },
                              {"restore", "pr-1"}, flow_->preview(1));
  EXPECT_EQ(outcome.exit_code, 130) << outcome;
  EXPECT_TRUE(flow_->image_of(flow_->preview(1)).collections.empty());
  flow_->expect(0, {"restore", "pr-1"});
}

INSTANTIATE_TEST_SUITE_P(BySignal, Cancelled, ::testing::Values(SIGINT, SIGTERM),
                         [](const auto& test) { return test.param == SIGINT ? "Int" : "Term"; });

TEST(Waiting, ForAFirstSnapshotCanBeCancelled) {
  TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
  Flow flow(*server, built_program(), "cancelwait");
  auto text = flow.config();
  const std::string wait = "{tries: 2, every: 100ms}";
  flow.set_config(text.replace(text.find(wait), wait.size(), "{tries: 100, every: 10m}"));
  auto process = flow.start({"restore", "pr-1"});
  EXPECT_TRUE(eventually(
      [&] { return process->err_so_far().find("snapshot") != std::string::npos; }, 100s));
  process->signal(SIGTERM);
  const auto outcome = process->wait(100s);
  EXPECT_EQ(outcome.exit_code, 130) << outcome;
}

TEST(TimeLimit, EndsARunAndLeavesThePreviousSnapshot) {
  TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
  Flow flow(*server, built_program(), "timelimit");
  bench::generate(server->uri(), flow.production(), {.bytes = 8'000'000, .seed = 2});
  flow.expect(0, {"snapshot"});
  const auto before = flow.image_of(flow.snapshot());
  touch_production(flow.admin(), flow.production(), 1);
  const auto outcome = flow.expect(12, {"snapshot", "--timeout", "100ms"});
  EXPECT_NE(outcome.err.find("100"), std::string::npos) << outcome;
  EXPECT_EQ(differences(before, flow.image_of(flow.snapshot())), Strings());
  flow.expect(0, {"snapshot"});
}

}  // namespace
}  // namespace tidegate::test
