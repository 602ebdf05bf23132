// Several runs at the same moment.

#include <gtest/gtest.h>

#include <csignal>

#include "bench/generate.hpp"
#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

using Strings = std::vector<std::string>;

class Together : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "together");
    bench::generate(server->uri(), flow_->production(), {.bytes = 6'000'000, .seed = 9});
  }

  /// Starts it, and returns once it holds the lease there.
  std::unique_ptr<Process> start_and_hold(const Strings& arguments, const std::string& database) {
    const auto before = holder(database);
    auto process = flow_->start(arguments);
    const bool held = eventually(
        [&] {
          const auto now = holder(database);
          return (!now.empty() && now != before) || !process->running();
        },
        20s);
    EXPECT_TRUE(held && process->running()) << process->err_so_far();
    return process;
  }

  std::string holder(const std::string& database) {
    const auto lease = flow_->lease(database);
    return lease.is_object() ? lease.value("run", "") : "";
  }

  void expect_second_refused(const Strings& arguments, const std::string& database) {
    // Held still while the other asks, lest it be done before; for less time than it takes to look
    // dead.
    auto first = start_and_hold(arguments, database);
    first->stop_and_wait();
    for (int again = 0; !first->running() || holder(database).empty(); ++again) {
      ASSERT_LT(again, 10) << "always done before it could be held still";
      first = start_and_hold(arguments, database);
      first->stop_and_wait();
    }
    const auto run = holder(database);
    const auto second = flow_->expect(7, arguments);
    first->signal(SIGCONT);
    EXPECT_NE(second.err.find(run), std::string::npos) << "run " << run << '\n' << second;
    EXPECT_NE(second.err.find(std::to_string(first->pid())), std::string::npos) << second;
    const auto outcome = first->wait();
    EXPECT_EQ(outcome.exit_code, 0) << outcome;
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
  auto first = start_and_hold({"snapshot"}, flow_->snapshot());
  flow_->expect(0, {"snapshot", "--wait", "60s"});
  EXPECT_EQ(first->wait().exit_code, 0);
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
