/// Changed labels, pushes and closed pull requests, while several processes work on the same pull
/// requests.

#include <gtest/gtest.h>

#include "support/pull_race.hpp"
#include "support/pull_world.hpp"

namespace tidegate::test {
namespace {

constexpr int k_pulls = 6;
constexpr int k_steps = 10'000;

class PullRaces : public PullWorld {
 protected:
  class Tidegate final : public Racer {
   public:
    explicit Tidegate(PullRaces& world)
        : world_(world),
          engine_(world.server),
          forge_(world.host),
          backend_(world.backend(engine_, journal_)) {}
    void reconcile() override {
      WitnessedRun witnessed(world_.clock);
      preview::reconcile(witnessed.run, forge_, *backend_, world_.sync_plan);
    }
    bool sync(int number) override {
      WitnessedRun witnessed(world_.clock);
      try {
        preview::sync(witnessed.run, forge_, *backend_, world_.sync_plan,
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
    std::unique_ptr<preview::PreviewBackend> backend_;
  };

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
};

TEST_F(PullRaces, LeaveEveryDatabaseAsItsLabelsAskAndNeverTouchALockedOne) {
  const auto seen =
      race({host, k_pulls, k_steps, [this] { return std::make_unique<Tidegate>(*this); },
            [this](int number) { return signature(number); },
            [this](int number) { return holds(number).find("locked") != std::string::npos; }});
  EXPECT_GT(seen.watched, 0);
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
