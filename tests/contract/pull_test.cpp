/// Pull requests over every engine, the real ones included; the code host is in memory.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "preview/engine_backend.hpp"
#include "preview/reconcile.hpp"
#include "support/engine_contract.hpp"
#include "support/pull_race.hpp"
#include "support/pull_world.hpp"

namespace tidegate::test {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::IsEmpty;

PullNumber numbered(int number) { return PullNumber::parse(std::to_string(number)).value(); }

class PullContract : public EngineContract {
 protected:
  /// A tidegate of its own, as another process would be.
  struct Tidegate final : public Racer {
    explicit Tidegate(PullContract& world)
        : world_(world), engine_(world.server->connect()), forge_(world.host) {
      backend_ = preview::engine_backend(
          std::make_unique<PlannedPreviews>(world.topology(), engine_,
                                            [&world] { return world.server->connect(); }),
          journal_, {});
    }

    preview::SyncResult synced(int number) {
      WitnessedRun witnessed(world_.server->clock());
      return preview::sync(witnessed.run, forge_, *backend_, world_.sync_plan, numbered(number));
    }
    preview::ReconcileResult reconciled() {
      WitnessedRun witnessed(world_.server->clock());
      return preview::reconcile(witnessed.run, forge_, *backend_, world_.sync_plan);
    }

    bool sync(int number) override {
      try {
        synced(number);
        return true;
      } catch (const Error& error) {
        // Another change came first in each pass, at last a lock.
        EXPECT_THAT(error.kind(), AnyOf(ErrorKind::conflict, ErrorKind::locked)) << error.message();
        return false;
      }
    }
    void reconcile() override { reconciled(); }

   private:
    PullContract& world_;
    std::shared_ptr<engine::Engine> engine_;
    FakeForge forge_;
    MemoryJournal journal_;
    std::unique_ptr<preview::PreviewBackend> backend_;
  };

  void SetUp() override {
    EngineContract::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    sync_plan.writer = plain_writer();
    take();
  }

  std::vector<std::string> labels(int number) const { return host.pull(number).labels; }

  FakeHost host;
  preview::SyncPlan sync_plan;
};

TEST_P(PullContract, PlaysTheTableOfLabelsOnOnePullRequest) {
  Tidegate tidegate(*this);
  host.open(1, {"preview", "use-snapshot"});
  tidegate.synced(1);
  EXPECT_EQ(read("pr-1"), first_data());
  EXPECT_EQ(inspect("pr-1").metadata->pull_request->commit, "c1");

  host.label(1, "persist-db");
  tidegate.synced(1);
  EXPECT_EQ(inspect("pr-1").metadata->locked->label, "persist-db");
  load_production(second_data());
  take();
  host.push(1, "c2");
  host.unlabel(1, "use-snapshot");
  tidegate.synced(1);
  EXPECT_EQ(read("pr-1"), first_data());
  EXPECT_THAT(labels(1), Contains("use-snapshot"));

  host.unlabel(1, "persist-db");
  tidegate.synced(1);
  EXPECT_FALSE(inspect("pr-1").metadata->locked);
  EXPECT_EQ(read("pr-1"), first_data());
  host.push(1, "c3");
  tidegate.synced(1);
  EXPECT_EQ(read("pr-1"), second_data());

  host.unlabel(1, "use-snapshot");
  tidegate.synced(1);
  EXPECT_THAT(read("pr-1"), IsEmpty());
  EXPECT_EQ(inspect("pr-1").metadata->method, "seed");
  server->load(name_of("pr-1"), first_data());  // by the application

  host.label(1, "persist-db");
  host.close(1, PullState::merged, SystemTime{});
  tidegate.synced(1);
  EXPECT_EQ(read("pr-1"), first_data());
  host.unlabel(1, "persist-db");
  tidegate.synced(1);
  EXPECT_FALSE(inspect("pr-1").exists);
}

TEST_P(PullContract, AFirstFillThatWasOvertakenIsBegunAnewThoughItIsLocked) {
  host.open(1, {"preview", "use-snapshot", "persist-db"});
  int asked = 0;
  host.on_call = [&](const std::string& call) {
    // Each second time a look asks whether it may go on.
    if (call == "pull_request" && ++asked % 2 == 0) host.push(1, "c" + std::to_string(asked));
  };
  Tidegate tidegate(*this);
  EXPECT_FALSE(tidegate.sync(1));
  EXPECT_GE(asked, 2);
  host.on_call = {};
  EXPECT_THAT(read("pr-1"), IsEmpty());
  tidegate.synced(1);
  EXPECT_EQ(read("pr-1"), first_data());
  EXPECT_TRUE(inspect("pr-1").metadata->locked);
  EXPECT_THAT(labels(1), Contains("use-snapshot"));
}

TEST_P(PullContract, WhatARunLeftThatCameToNothingGoesWithThePullRequest) {
  host.open(1, {"preview", "use-snapshot"});
  int asked = 0;
  host.on_call = [&](const std::string& call) {
    if (call == "pull_request" && ++asked % 2 == 0) host.push(1, "c" + std::to_string(asked));
  };
  Tidegate tidegate(*this);
  EXPECT_FALSE(tidegate.sync(1));
  host.on_call = {};
  host.close(1, PullState::closed, SystemTime{});
  EXPECT_THAT(tidegate.reconciled().strangers, IsEmpty());
  EXPECT_FALSE(inspect("pr-1").exists);
}

/// Some hundreds of steps; the fake alone plays ten thousand.
TEST_P(PullContract, EndsAsTheLabelsHaveItHoweverManyActAndLeavesLockedOnesAlone) {
  constexpr int k_pulls = 3;
  const auto target = [](int number) { return "pr-" + std::to_string(number); };
  const auto metadata = [&](int number) {
    const auto engine = server->connect();
    WitnessedRun witnessed(server->clock());
    return engine->inspect(witnessed.run, name_of(target(number))).metadata;
  };
  const auto seen = race({host, k_pulls, 900, [this] { return std::make_unique<Tidegate>(*this); },
                          [&](int number) {
                            const auto found = metadata(number);
                            return found ? found->run : "none";
                          },
                          [&](int number) {
                            const auto found = metadata(number);
                            return found && found->locked;
                          }});
  EXPECT_GT(seen.disturbed, 50);
  EXPECT_GT(seen.watched, 0);
  server->let_leases_run_out();
  Tidegate last(*this);
  EXPECT_THAT(last.reconciled().failed, IsEmpty());
  EXPECT_THAT(last.reconciled().failed, IsEmpty());
  for (int number = 1; number <= k_pulls; ++number) {
    SCOPED_TRACE(number);
    const auto pull = host.pull(number);
    const bool wanted = preview::wants_preview(pull, sync_plan.policy);
    const bool of_snapshot = wanted && has_label(pull.labels, "use-snapshot");
    auto found = read(target(number));
    if (!of_snapshot && server->lists_by_making()) {
      std::erase_if(found, [](const auto& collection) { return collection.second.empty(); });
    }
    EXPECT_EQ(found, of_snapshot ? first_data() : Data{});
    if (!wanted && server->lists_by_making() && found.empty() && !metadata(number)) continue;
    EXPECT_TRUE(wanted || !inspect(target(number)).exists);
    EXPECT_FALSE(inspect(target(number)).holder);
    EXPECT_EQ(last.synced(number).decision.action, preview::Action::none);
  }
  EXPECT_EQ(read("production"), first_data());
}

INSTANTIATE_TEST_SUITE_P(Engines, PullContract, testing::ValuesIn(engines_under_test()),
                         engine_name);

}  // namespace
}  // namespace tidegate::test
