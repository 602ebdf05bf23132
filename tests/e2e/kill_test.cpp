// SIGKILL at random moments: whatever was there before is whole, and the next run needs no help.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

constexpr int k_kills = 50;
// For the run that is killed, so that its lease ends soon. A run that must succeed has a longer
// one, which does not run out on a slow machine.
const Environment k_short_lease = {{"TIDEGATE_TEST_LEASE_SECONDS", "1"}};
const Environment k_lease = {{"TIDEGATE_TEST_LEASE_SECONDS", "6"}};

class Killed : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "kill");
    make_small_production(flow_->admin(), flow_->production(), 400);
    const char* given = std::getenv("TIDEGATE_TEST_SEED");
    const auto seed = given != nullptr ? std::strtoul(given, nullptr, 10) : std::random_device()();
    random_.seed(static_cast<std::mt19937::result_type>(seed));
    std::cout << "TIDEGATE_TEST_SEED=" << seed << '\n';
  }

  Outcome next_run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--wait", "120s"});
    return flow_->expect(0, arguments, k_lease);
  }

  /// Starts it, and kills it at a moment that is spread evenly over how long such a run takes:
  /// `duration`, which becomes less when it takes less than that.
  /// @returns whether it was still running then.
  bool kill_within(const std::vector<std::string>& arguments, std::chrono::milliseconds& duration) {
    auto process = flow_->start(arguments, k_short_lease);
    std::uniform_int_distribution<std::int64_t> moment(0,
                                                       std::chrono::microseconds(duration).count());
    pause(std::chrono::microseconds(moment(random_)));
    process->signal(SIGKILL);
    const auto outcome = process->wait();
    // On a slow machine its short lease may have run out (7).
    EXPECT_TRUE(outcome.signal == SIGKILL || outcome.exit_code == 0 || outcome.exit_code == 7)
        << outcome;
    if (outcome.exit_code == 0) duration = std::min(duration, outcome.elapsed);
    return outcome.signal == SIGKILL;
  }

  /// How long a run works, without what the program needs to end.
  std::chrono::milliseconds working_time(std::vector<std::string> arguments) {
    arguments.push_back("--json");
    const auto seconds = next_run(arguments).json().at("elapsed_seconds").get<double>();
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000) + 40);
  }

  /// Past the commit point: from there on readers get the new content, and the next run finishes
  /// the publish.
  bool publishing(const std::string& database) {
    const auto lease = flow_->lease(database);
    return lease.is_object() && lease.value("phase", "") == "publishing";
  }

  DatabaseImage without_staging(const std::string& database) {
    auto found = flow_->image_of(database);
    std::erase_if(found.collections, [](const auto& entry) {
      // The server may still be at the dead run's last $out.
      return entry.first.rfind("_tidegate", 0) == 0 || entry.first.rfind("tmp.agg_out", 0) == 0;
    });
    return found;
  }

  void expect_nothing_left(const std::vector<std::string>& arguments, const std::string& database) {
    const auto left = [&] { return leftovers(flow_->admin(), database); };
    // A server that does not tell its operations cannot be made to end the dead run's last one,
    // whose collection may then appear after it was looked for.
    if (!flow_->server().faithful() && !left().empty()) next_run(arguments);
    EXPECT_EQ(left(), std::vector<std::string>());
  }

  std::unique_ptr<Flow> flow_;
  std::mt19937 random_;
};

using Strings = std::vector<std::string>;

TEST_F(Killed, ASnapshotLeavesThePreviousOneOrTheWholeNewOne) {
  auto& flow = *flow_;
  next_run({"snapshot"});
  auto duration = working_time({"snapshot"});
  auto previous = flow.image_of(flow.snapshot());
  auto previous_run = flow.metadata(flow.snapshot()).at("run");
  int killed = 0;
  int in_publish = 0;
  for (int i = 1; i <= k_kills && !HasFailure(); ++i) {
    SCOPED_TRACE("kill " + std::to_string(i));
    touch_production(flow.admin(), flow.production(), i);
    const auto current = flow.image_of(flow.production());
    killed += kill_within({"snapshot"}, duration) ? 1 : 0;
    if (publishing(flow.snapshot())) {
      // Complete for readers already, although no other run has finished it.
      ++in_publish;
      next_run({"restore", "pr-1"});
      EXPECT_EQ(differences(current, flow.image_of(flow.preview(1))), Strings());
    } else {
      const bool published = flow.metadata(flow.snapshot()).at("run") != previous_run;
      EXPECT_EQ(differences(published ? current : previous, without_staging(flow.snapshot())),
                Strings());
    }
    next_run({"snapshot"});
    previous = flow.image_of(flow.snapshot());
    previous_run = flow.metadata(flow.snapshot()).at("run");
    EXPECT_EQ(differences(current, previous), Strings());
    expect_nothing_left({"snapshot"}, flow.snapshot());
    EXPECT_EQ(differences(current, flow.image_of(flow.production())), Strings());
  }
  std::cout << killed << " killed, " << in_publish << " of them while publishing\n";
  EXPECT_GT(killed, k_kills / 2);
}

TEST_F(Killed, ARestoreLeavesThePreviousContentOrIsFinishedByTheNext) {
  auto& flow = *flow_;
  next_run({"snapshot"});
  next_run({"restore", "pr-1"});
  auto previous = flow.image_of(flow.preview(1));
  flow.tidegate({"drop", "pr-1"});
  auto duration = working_time({"restore", "pr-1"});
  int killed = 0;
  for (int i = 1; i <= k_kills && !HasFailure(); ++i) {
    SCOPED_TRACE("kill " + std::to_string(i));
    // A preview that someone has worked in: none of its collections may be left in place.
    touch_production(flow.admin(), flow.preview(1), 1000 + i);
    previous = flow.image_of(flow.preview(1));
    const auto previous_run = flow.metadata(flow.preview(1)).at("run");
    killed += kill_within({"restore", "pr-1"}, duration) ? 1 : 0;
    const auto snapshot = flow.image_of(flow.snapshot());
    if (!publishing(flow.preview(1))) {
      const bool published = flow.metadata(flow.preview(1)).at("run") != previous_run;
      EXPECT_EQ(differences(published ? snapshot : previous, without_staging(flow.preview(1))),
                Strings());
    }
    next_run({"restore", "pr-1"});
    EXPECT_EQ(differences(snapshot, flow.image_of(flow.preview(1))), Strings());
    expect_nothing_left({"restore", "pr-1"}, flow.preview(1));
    EXPECT_EQ(flow.metadata(flow.preview(1)).at("status"), "complete");
  }
  std::cout << killed << " killed\n";
  EXPECT_GT(killed, k_kills / 2);
}

TEST_F(Killed, ADropIsFinishedByTheNext) {
  auto& flow = *flow_;
  next_run({"snapshot"});
  for (int i = 1; i <= 5 && !HasFailure(); ++i) {
    next_run({"restore", "pr-1"});
    std::chrono::milliseconds duration{300};
    kill_within({"drop", "pr-1"}, duration);
    next_run({"drop", "pr-1"});
    EXPECT_TRUE(flow.admin().collections(flow.preview(1)).empty());
  }
}

}  // namespace
}  // namespace tidegate::test
