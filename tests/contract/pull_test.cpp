/// Pull requests over every engine, the real ones included; the code host is in memory.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "preview/engine_carrier.hpp"
#include "preview/reconcile.hpp"
#include "support/engine_contract.hpp"
#include "support/fake_forge.hpp"
#include "support/pull_world.hpp"

namespace tidegate::test {
namespace {

using testing::Contains;
using testing::IsEmpty;

PullNumber numbered(int number) { return PullNumber::parse(std::to_string(number)).value(); }

class PullContract : public EngineContract {
 protected:
  /// A tidegate of its own, as another process would be.
  struct Tidegate {
    explicit Tidegate(PullContract& world)
        : world_(world), engine_(world.server->connect()), forge_(world.host) {
      const auto topology = world.topology();
      carrier_ = preview::engine_carrier(
          {"syrf",
           topology,
           [topology](PullNumber number, const std::string& commit) {
             auto plan = restore_plan(topology, "pr-" + std::to_string(number.value()));
             plan.commit = commit;
             return plan;
           },
           [topology](PullNumber number, const std::string& commit) {
             auto plan = drop_plan(topology, "pr-" + std::to_string(number.value()));
             plan.commit = commit;
             return plan;
           },
           [this](PullNumber) { return engine_; },
           {[&world] { return world.server->connect(); }},
           {}},
          journal_, {});
    }

    preview::Synced sync(int number) {
      WitnessedRun witnessed(world_.server->clock());
      return preview::sync(witnessed.run, forge_, *carrier_, world_.sync_plan, numbered(number));
    }
    preview::Reconciled reconcile() {
      WitnessedRun witnessed(world_.server->clock());
      return preview::reconcile(witnessed.run, forge_, *carrier_, world_.sync_plan);
    }

   private:
    PullContract& world_;
    std::shared_ptr<engine::Engine> engine_;
    FakeForge forge_;
    MemoryJournal journal_;
    std::unique_ptr<preview::Carrier> carrier_;
  };

  void SetUp() override {
    EngineContract::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    sync_plan.wording = plain_wording();
    take();
  }

  std::vector<std::string> labels(int number) const { return host.pull(number).labels; }

  FakeHost host;
  preview::SyncPlan sync_plan;
};

TEST_P(PullContract, PlaysTheTableOfLabelsOnOnePullRequest) {
  Tidegate tidegate(*this);
  host.open(1, {"preview", "use-snapshot"});
  tidegate.sync(1);
  EXPECT_EQ(read("pr-1"), first_data());
  EXPECT_EQ(inspect("pr-1").metadata->pull_request->commit, "c1");

  host.label(1, "persist-db");
  tidegate.sync(1);
  EXPECT_EQ(inspect("pr-1").metadata->locked->label, "persist-db");
  load_production(second_data());
  take();
  host.push(1, "c2");
  host.unlabel(1, "use-snapshot");
  tidegate.sync(1);
  EXPECT_EQ(read("pr-1"), first_data());
  EXPECT_THAT(labels(1), Contains("use-snapshot"));

  host.unlabel(1, "persist-db");
  tidegate.sync(1);
  EXPECT_FALSE(inspect("pr-1").metadata->locked);
  EXPECT_EQ(read("pr-1"), first_data());
  host.push(1, "c3");
  tidegate.sync(1);
  EXPECT_EQ(read("pr-1"), second_data());

  host.unlabel(1, "use-snapshot");
  tidegate.sync(1);
  EXPECT_THAT(read("pr-1"), IsEmpty());
  EXPECT_EQ(inspect("pr-1").metadata->method, "seed");
  server->load(name_of("pr-1"), first_data());  // by the application

  host.label(1, "persist-db");
  host.close(1, PullState::merged, SystemTime{});
  tidegate.sync(1);
  EXPECT_EQ(read("pr-1"), first_data());
  host.unlabel(1, "persist-db");
  tidegate.sync(1);
  EXPECT_FALSE(inspect("pr-1").exists);
}

/// Some dozens of steps by three tidegates on two pull requests; the fake plays ten thousand.
TEST_P(PullContract, EndsAsTheLabelsHaveItHoweverManyActOnOnePullRequest) {
  for (const int number : {1, 2}) host.open(number, {"preview", "use-snapshot"});
  std::atomic<int> left{30};
  const auto many = [&](unsigned seed, const auto& act) {
    return std::thread([this, seed, act, &left] {
      std::minstd_rand random(seed);
      Tidegate own(*this);
      while (left-- > 0) {
        const int number = static_cast<int>(random() % 2) + 1;
        if (random() % 2 == 0) host.push(number, "c" + std::to_string(random() % 100));
        if (random() % 3 == 0) host.unlabel(number, "use-snapshot");
        if (random() % 3 == 0) host.label(number, "use-snapshot");
        try {
          act(own, number);
        } catch (const Error& error) {
          EXPECT_EQ(error.kind(), ErrorKind::conflict) << error.message();
        }
      }
    });
  };
  std::vector<std::thread> threads;
  threads.push_back(many(1, [](auto& own, int number) { own.sync(number); }));
  threads.push_back(many(2, [](auto& own, int number) { own.sync(number); }));
  threads.push_back(many(3, [](auto& own, int) { own.reconcile(); }));
  for (auto& thread : threads) thread.join();
  server->let_leases_run_out();
  Tidegate last(*this);
  EXPECT_THAT(last.reconcile().failed, IsEmpty());
  for (const int number : {1, 2}) {
    const auto target = "pr-" + std::to_string(number);
    const bool of_snapshot = has_label(labels(number), "use-snapshot");
    EXPECT_EQ(read(target), of_snapshot ? first_data() : Data{}) << target;
    EXPECT_FALSE(inspect(target).holder) << target;
    EXPECT_EQ(last.sync(number).decision.action, preview::Action::none);
  }
  EXPECT_EQ(read("production"), first_data());
}

INSTANTIATE_TEST_SUITE_P(Engines, PullContract, testing::ValuesIn(engines_under_test()),
                         engine_name);

}  // namespace
}  // namespace tidegate::test
