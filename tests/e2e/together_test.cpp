// Several runs at the same moment.

#include <gtest/gtest.h>

#include <csignal>
#include <stdexcept>

#include "bench/generate.hpp"
#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

using Strings = std::vector<std::string>;

// So long that a stopped run does not look dead, even on a slow machine.
const Environment k_long_lease = {{"TIDEGATE_TEST_LEASE_SECONDS", "300"}};

class Together : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "together");
    bench::generate(server->uri(), flow_->production(), {.bytes = 6'000'000, .seed = 9});
  }

  /// Starts it, and stops it (SIGSTOP) while it holds the lease there; starts it again when it was
  /// done before.
  std::unique_ptr<Process> start_and_stop(const Strings& arguments, const std::string& database) {
    for (int again = 0; again < 10; ++again) {
      auto process = flow_->start(arguments, k_long_lease);
      EXPECT_TRUE(
          eventually([&] { return !holder(database).empty() || !process->running(); }, 100s));
      process->stop_and_wait();
      if (process->running() && !holder(database).empty()) return process;
      process->signal(SIGCONT);
      const auto outcome = process->wait();
      EXPECT_EQ(outcome.exit_code, 0) << outcome;
    }
    throw std::runtime_error("always done before it could be stopped");
  }

  std::string holder(const std::string& database) {
    const auto lease = flow_->lease(database);
    return lease.is_object() ? lease.value("run", "") : "";
  }

  void expect_second_refused(const Strings& arguments, const std::string& database) {
    for (int again = 0; again < 10; ++again) {
      auto first = start_and_stop(arguments, database);
      const auto run = holder(database);
      const auto second = flow_->tidegate(arguments, k_long_lease);
      first->signal(SIGCONT);
      const auto outcome = first->wait();
      EXPECT_EQ(outcome.exit_code, 0) << outcome;
      // Its last request, by which it gives the lease back, may have been on its way.
      if (second.exit_code == 0) continue;
      EXPECT_EQ(second.exit_code, 7) << second;
      EXPECT_NE(second.err.find(run), std::string::npos) << "run " << run << '\n' << second;
      EXPECT_NE(second.err.find(std::to_string(first->pid())), std::string::npos) << second;
      return;
    }
    ADD_FAILURE() << "always let in: it was never refused";
  }

  std::unique_ptr<Flow> flow_;
};

TEST_F(Together, OfTwoSnapshotsOneIsToldWhoIsAtIt) {
  expect_second_refused({"snapshot"}, flow_->snapshot());
  EXPECT_EQ(differences(flow_->image_of(flow_->production()), flow_->image_of(flow_->snapshot())),
            Strings());
}

TEST_F(Together, OfTwoRestoresOfOneTargetOneIsToldWhoIsAtIt) {
  flow_->expect(0, {"snapshot"});
  expect_second_refused({"restore", "pr-1"}, flow_->preview(1));
  EXPECT_EQ(differences(flow_->image_of(flow_->snapshot()), flow_->image_of(flow_->preview(1))),
            Strings());
}

TEST_F(Together, ASecondSnapshotWaitsAsLongAsItIsTold) {
  auto first = start_and_stop({"snapshot"}, flow_->snapshot());
  auto second = flow_->start({"snapshot", "--wait", "100s"}, k_long_lease);
  EXPECT_FALSE(second->wait_for(1s).has_value()) << "the first still holds the lease";
  first->signal(SIGCONT);
  const auto first_outcome = first->wait();
  EXPECT_EQ(first_outcome.exit_code, 0) << first_outcome;
  const auto second_outcome = second->wait();
  EXPECT_EQ(second_outcome.exit_code, 0) << second_outcome;
}

TEST_F(Together, TenTargetsAreFilledAtOnce) {
  flow_->expect(0, {"snapshot"});
  std::vector<std::unique_ptr<Process>> restores;
  for (int i = 1; i <= 10; ++i) {
    flow_->allow_preview(i);
    restores.push_back(flow_->start({"restore", "pr-" + std::to_string(i)}));
  }
  const auto expected = flow_->image_of(flow_->snapshot());
  for (int i = 1; i <= 10; ++i) {
    const auto outcome = restores[static_cast<std::size_t>(i - 1)]->wait();
    EXPECT_EQ(outcome.exit_code, 0) << outcome;
    EXPECT_EQ(differences(expected, flow_->image_of(flow_->preview(i))), Strings()) << i;
  }
}

TEST_F(Together, ARestoreWhileTheSnapshotIsReplacedIsWhollyOneOrTheOther) {
  flow_->expect(0, {"snapshot"});
  const auto duration = flow_->expect(0, {"restore", "pr-1"}).elapsed;
  for (int i = 0; i < 6 && !HasFailure(); ++i) {
    SCOPED_TRACE("round " + std::to_string(i));
    const auto before = flow_->image_of(flow_->snapshot());
    touch_production(flow_->admin(), flow_->production(), 100 + i);
    flow_->expect(0, {"drop", "pr-1"});
    auto snapshot = flow_->start({"snapshot"});
    pause(duration * i / 6);
    auto restore = flow_->start({"restore", "pr-1"});
    const auto taken = snapshot->wait();
    EXPECT_EQ(taken.exit_code, 0) << taken;
    const auto filled = restore->wait();
    EXPECT_EQ(filled.exit_code, 0) << filled;
    const auto found = flow_->image_of(flow_->preview(1));
    const auto from_old = differences(before, found);
    const auto from_new = differences(flow_->image_of(flow_->snapshot()), found);
    EXPECT_TRUE(from_old.empty() || from_new.empty()) << ::testing::PrintToString(from_old) << '\n'
                                                      << ::testing::PrintToString(from_new);
    const auto origin = flow_->metadata(flow_->preview(1)).at("snapshot").at("run");
    const auto current = flow_->metadata(flow_->snapshot()).at("run");
    EXPECT_EQ(from_new.empty(), origin == current) << "the metadata names the wrong snapshot";
  }
}

}  // namespace
}  // namespace tidegate::test
