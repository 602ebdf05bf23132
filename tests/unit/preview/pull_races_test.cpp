/// Labels flipped, pushes and closes, while several tidegates act on the same pull requests.

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "support/pull_world.hpp"

namespace tidegate::test {
namespace {

constexpr int k_pulls = 6;
constexpr int k_steps = 10'000;

class PullRaces : public PullWorld {
 protected:
  /// A tidegate of its own: engine, forge, carrier. Failures are what races are made of.
  struct Tidegate {
    explicit Tidegate(PullRaces& world)
        : world_(world),
          engine_(world.server),
          forge_(world.host),
          carrier_(world.carrier(engine_, journal_)) {}
    void reconcile() {
      WitnessedRun witnessed(world_.clock);
      preview::reconcile(witnessed.run, forge_, *carrier_, world_.sync_plan);
    }
    bool sync(int number) {
      WitnessedRun witnessed(world_.clock);
      try {
        preview::sync(witnessed.run, forge_, *carrier_, world_.sync_plan,
                      PullNumber::parse(std::to_string(number)).value());
        return true;
      } catch (const Error&) {
        return false;
      }
    }

   private:
    PullRaces& world_;
    FakeEngine engine_;
    MemoryJournal journal_;
    FakeForge forge_;
    std::unique_ptr<preview::Carrier> carrier_;
  };

  /// What a database holds, down to which collections those are.
  std::string signature(int number) {
    const auto lock = server.lock();
    const auto* database = server.find("syrf_pr_" + std::to_string(number));
    if (database == nullptr || !database->latest) return "none";
    std::string text = database->latest->run;
    for (const auto& [name, collection] : server.read("syrf_pr_" + std::to_string(number))) {
      text += " " + name + ":" + std::to_string(collection.uuid);
    }
    return text;
  }

  void disturb(std::minstd_rand& random, int number) {
    switch (random() % 6) {
      case 0:
        return host.label(number, "use-snapshot");
      case 1:
        return host.unlabel(number, "use-snapshot");
      case 2:
        return host.push(number, "c" + std::to_string(random() % 1000));
      case 3:
        return host.change(number, [&](PullRequest& pull) {
          pull.state = pull.state == PullState::open ? PullState::closed : PullState::open;
        });
      case 4:
        return host.label(number, "preview");
      default:
        return host.unlabel(number, "preview");
    }
  }

  /// Locks one, waits until that is noted, lets the others rage, and sees that nothing has changed.
  void lock_and_watch(Tidegate& own, std::minstd_rand& random, int number) {
    host.label(number, "persist-db");
    const auto mirrored = [&] {
      const auto held = holds(number);
      return held == "none" || held.find("locked") != std::string::npos;
    };
    for (int tries = 0; tries < 1000 && !(own.sync(number) && mirrored()); ++tries) {
    }
    const auto before = signature(number);
    for (int i = 0; i < 20; ++i) own.sync(static_cast<int>(random() % k_pulls) + 1);
    if (before != "none") {
      EXPECT_EQ(signature(number), before) << "pr-" << number << " was touched while locked";
      ++watched;
    }
    host.unlabel(number, "persist-db");
  }

  std::atomic<int> steps{0}, disturbed{0}, watched{0};
};

TEST_F(PullRaces, LeaveEveryDatabaseAsItsLabelsAskAndNeverTouchALockedOne) {
  for (int number = 1; number <= k_pulls; ++number) host.open(number, {"preview", "use-snapshot"});
  const auto many = [&](unsigned seed, const auto& act) {
    return std::thread([this, seed, act] {
      std::minstd_rand random(seed);
      Tidegate own(*this);
      while (steps++ < k_steps) act(own, random, static_cast<int>(random() % k_pulls) + 1);
    });
  };
  std::vector<std::thread> threads;
  // Two changes for each time that a tidegate looks: neither may run away from the other.
  threads.push_back(many(1, [this](auto&, auto& random, int number) {
    if (3 * disturbed > 2 * steps) {
      --steps;
      return std::this_thread::yield();
    }
    ++disturbed;
    disturb(random, number);
  }));
  threads.push_back(many(2, [](auto& own, auto&, int number) { own.sync(number); }));
  threads.push_back(many(3, [](auto& own, auto&, int) { own.reconcile(); }));
  threads.push_back(many(
      4, [this](auto& own, auto& random, int number) { lock_and_watch(own, random, number); }));
  for (auto& thread : threads) thread.join();
  EXPECT_GT(watched, 0);
  EXPECT_GT(host.total_requests(), k_steps / 2);
  reconcile();
  EXPECT_TRUE(reconcile().failed.empty());
  for (int number = 1; number <= k_pulls; ++number) {
    SCOPED_TRACE(number);
    const auto pull = host.pull(number);
    const auto synced = sync(number);
    EXPECT_EQ(synced.decision.action, preview::Action::none);
    const bool wanted = preview::wants_preview(pull, sync_plan.policy);
    const bool of_snapshot = has_label(pull.labels, "use-snapshot");
    if (!wanted) {
      EXPECT_EQ(holds(number), "none");
    } else if (of_snapshot) {
      EXPECT_EQ(data("syrf_pr_" + std::to_string(number)), data("syrftest"));
    } else {
      EXPECT_NE(holds(number), "snapshot");
    }
    const auto* database = server.find("syrf_pr_" + std::to_string(number));
    EXPECT_TRUE(database == nullptr || !database->lease);
  }
  EXPECT_EQ(data("syrftest").size(), 3U);
}

}  // namespace
}  // namespace tidegate::test
