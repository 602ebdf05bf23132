// The server goes away half way.

#include <gtest/gtest.h>

#include "bench/generate.hpp"
#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

using Strings = std::vector<std::string>;

class ServerTrouble : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(shared, Access::authenticated);
    server_ = shared->another();
    if (server_ == nullptr) GTEST_SKIP() << "an external server is not to be killed";
    flow_ = std::make_unique<Flow>(*server_, built_program(), "trouble");
    bench::generate(server_->uri(), flow_->production(), {.bytes = 8'000'000, .seed = 6});
    flow_->expect(0, {"snapshot"});
    touch_production(flow_->admin(), flow_->production(), 1);
    before_ = flow_->image_of(flow_->snapshot());
  }

  /// Starts a snapshot, and returns once it copies.
  std::unique_ptr<Process> copying(const Strings& arguments) {
    auto process = flow_->start(arguments);
    EXPECT_TRUE(eventually(
        [&] {
          return !leftovers(flow_->admin(), flow_->snapshot()).empty() || !process->running();
        },
        20s));
    return process;
  }

  std::unique_ptr<MongoServer> server_;
  std::unique_ptr<Flow> flow_;
  DatabaseImage before_;
};

TEST_F(ServerTrouble, OfAKilledServerIsReportedAndThePreviousSnapshotIsThere) {
  auto process = copying({"snapshot", "--timeout", "20s"});
  server_->process()->signal(SIGKILL);
  const auto outcome = process->wait(60s);
  EXPECT_TRUE(outcome.exit_code == 8 || outcome.exit_code == 12) << outcome;
  server_->restart(SIGKILL);
  auto found = image(*std::make_unique<TestClient>(server_->client()), flow_->snapshot());
  std::erase_if(found.collections,
                [](const auto& entry) { return entry.first.rfind("_tidegate", 0) == 0; });
  EXPECT_EQ(differences(before_, found), Strings());
  flow_->expect(0, {"snapshot", "--wait", "60s"});
  auto client = server_->client();
  EXPECT_EQ(leftovers(client, flow_->snapshot()), Strings());
}

TEST_F(ServerTrouble, OfARestartedServerIsGotOver) {
  auto process = copying({"snapshot", "--retries", "10"});
  server_->restart(SIGTERM);
  const auto outcome = process->wait(100s);
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  auto client = server_->client();
  EXPECT_EQ(differences(image(client, flow_->production()), image(client, flow_->snapshot())),
            Strings());
}

}  // namespace
}  // namespace tidegate::test
