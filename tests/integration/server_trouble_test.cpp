// The server disappears during a run.

#include <gtest/gtest.h>

#include <stdexcept>

#include "bench/generate.hpp"
#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

using Strings = std::vector<std::string>;

// For whom the next one waits.
const Environment k_short_lease = {{"TIDEGATE_TEST_LEASE_SECONDS", "6"}};
// So that it outlasts a server that starts again on a slow machine.
const Environment k_long_lease = {{"TIDEGATE_TEST_LEASE_SECONDS", "300"}};

class ServerTrouble : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(shared, Access::authenticated);
    server_ = shared->another();
    if (server_ == nullptr) GTEST_SKIP() << "an external server is not to be killed";
    flow_ = std::make_unique<Flow>(*server_, built_program(), "trouble");
    bench::generate(server_->uri(), flow_->production(), {.bytes = 8'000'000, .seed = 6});
    flow_->expect(0, {"snapshot"});
  }

  /// Starts a snapshot, and stops it (SIGSTOP) while it copies; again when it was done before.
  std::unique_ptr<Process> stopped_while_copying(const Strings& arguments,
                                                 const Environment& lease_time) {
    for (int again = 0; again < 10; ++again) {
      before_ = flow_->image_of(flow_->snapshot());
      touch_production(flow_->admin(), flow_->production(), again + 1);
      auto process = flow_->start(arguments, lease_time);
      const auto copies = [&] {
        return !leftovers(flow_->admin(), flow_->snapshot()).empty() || !process->running();
      };
      EXPECT_TRUE(eventually(copies, 100s));
      process->stop_and_wait();
      const auto lease = flow_->lease(flow_->snapshot());
      if (process->running() && lease.is_object() && lease.value("phase", "").empty())
        return process;
      process->signal(SIGCONT);
      process->wait();
    }
    throw std::runtime_error("always done before it could be stopped");
  }

  std::unique_ptr<MongoServer> server_;
  std::unique_ptr<Flow> flow_;
  DatabaseImage before_;
};

TEST_F(ServerTrouble, OfAKilledServerIsReportedAndThePreviousSnapshotIsThere) {
  auto process = stopped_while_copying({"snapshot", "--timeout", "20s"}, k_short_lease);
  server_->process()->signal(SIGKILL);
  process->signal(SIGCONT);
  const auto outcome = process->wait();
  EXPECT_TRUE(outcome.exit_code == 8 || outcome.exit_code == 12) << outcome;
  server_->restart(SIGKILL);
  auto found = image(*std::make_unique<TestClient>(server_->client()), flow_->snapshot());
  std::erase_if(found.collections,
                [](const auto& entry) { return entry.first.rfind("_tidegate", 0) == 0; });
  EXPECT_EQ(differences(before_, found), Strings());
  flow_->expect(0, {"snapshot", "--wait", "100s"});
  auto client = server_->client();
  EXPECT_EQ(leftovers(client, flow_->snapshot()), Strings());
}

TEST_F(ServerTrouble, OfARestartedServerIsGotOver) {
  auto process = stopped_while_copying({"snapshot", "--retries", "10"}, k_long_lease);
  server_->process()->signal(SIGTERM);
  process->signal(SIGCONT);
  server_->restart(SIGTERM);
  const auto outcome = process->wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  auto client = server_->client();
  EXPECT_EQ(differences(image(client, flow_->production()), image(client, flow_->snapshot())),
            Strings());
}

TEST_F(ServerTrouble, OfAServerThatStandsStillEndsSoonAfterTheTimeLimit) {
  auto process = stopped_while_copying({"snapshot", "--timeout", "5s"}, k_short_lease);
  server_->process()->stop_and_wait();
  process->signal(SIGCONT);
  const auto ended = process->wait_for(100s);
  server_->process()->signal(SIGCONT);
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->exit_code == 8 || ended->exit_code == 12) << *ended;
  flow_->expect(0, {"snapshot", "--wait", "100s"});
}

TEST_F(ServerTrouble, OfAServerThatStandsStillEndsSoonAfterAStop) {
  auto process = stopped_while_copying({"snapshot"}, k_short_lease);
  server_->process()->stop_and_wait();
  process->signal(SIGCONT);
  pause(500ms);  // so that it waits for an answer
  process->signal(SIGTERM);
  const auto ended = process->wait_for(100s);
  server_->process()->signal(SIGCONT);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->exit_code, 130) << *ended;
  flow_->expect(0, {"snapshot", "--wait", "100s"});
}

}  // namespace
}  // namespace tidegate::test
