// A process that is stopped until its lease has run out and another run has published, and then
// wakes up: it must not damage anything.

#include <gtest/gtest.h>

#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

// For the run that is stopped. A run that must succeed has a longer one, which does not run out on
// a slow machine.
const Environment k_short_lease = {{"TIDEGATE_TEST_LEASE_SECONDS", "1"}};
const Environment k_lease = {{"TIDEGATE_TEST_LEASE_SECONDS", "6"}};
constexpr auto k_wait = "120s";
constexpr int k_moments = 10;
using Strings = std::vector<std::string>;

class Paused : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "pause");
    make_small_production(flow_->admin(), flow_->production(), 400);
    flow_->expect(0, {"snapshot", "--wait", k_wait}, k_lease);
    flow_->expect(0, {"restore", "pr-1", "--wait", k_wait}, k_lease);
  }

  void sleep_through(const Strings& arguments, const std::string& database,
                     const std::string& expected_like, const std::string& changed) {
    auto& flow = *flow_;
    auto waiting = arguments;
    waiting.insert(waiting.end(), {"--wait", k_wait});
    const auto timed = flow.expect(0, waiting, k_lease).elapsed;
    // The time that the program needs to end is of no interest.
    const auto duration = std::min<std::chrono::milliseconds>(timed, 250ms);
    touch_production(flow.admin(), changed, 100 + GetParam());
    auto sleeper = flow.start(arguments, k_short_lease);
    pause(duration * GetParam() / k_moments);
    sleeper->stop_and_wait();
    flow.expect(0, waiting, k_lease);
    const auto published = flow.metadata(database).at("run");
    sleeper->signal(SIGCONT);
    const auto woken = sleeper->wait();
    Flow::expect_no_secret(woken.all());
    EXPECT_NE(woken.exit_code, 1) << woken;
    EXPECT_EQ(differences(flow.image_of(expected_like), without_leftovers(database)), Strings())
        << woken;
    const auto metadata = flow.metadata(database);
    EXPECT_EQ(metadata.at("status"), "complete");
    if (woken.exit_code != 0) {
      EXPECT_EQ(metadata.at("run"), published) << woken;
    }
    flow.expect(0, waiting, k_lease);
    EXPECT_EQ(leftovers(flow.admin(), database), Strings());
  }

  /// The woken run has lost its lease and may leave collections, which the next run clears.
  DatabaseImage without_leftovers(const std::string& database) {
    auto found = flow_->image_of(database);
    for (const auto& name : leftovers(flow_->admin(), database)) found.collections.erase(name);
    return found;
  }

  std::unique_ptr<Flow> flow_;
};

TEST_P(Paused, ASnapshotDoesNoDamageWhenItWakes) {
  sleep_through({"snapshot"}, flow_->snapshot(), flow_->production(), flow_->production());
}

TEST_P(Paused, ARestoreDoesNoDamageWhenItWakes) {
  // The preview has been changed, so that there is something to copy.
  sleep_through({"restore", "pr-1"}, flow_->preview(1), flow_->snapshot(), flow_->preview(1));
}

INSTANTIATE_TEST_SUITE_P(AtTenths, Paused, ::testing::Range(1, k_moments));

}  // namespace
}  // namespace tidegate::test
