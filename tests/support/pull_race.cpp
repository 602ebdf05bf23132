#include "support/pull_race.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

namespace tidegate::test {
namespace {

constexpr int k_syncs_while_locked = 20;
constexpr int k_tries_to_lock = 1000;
constexpr int k_most_steps = 20;  // times as many as are asked for, where none was watched yet

class Race {
 public:
  explicit Race(const RaceWorld& world) : world_(world) {}

  RaceSeen run() {
    for (int number = 1; number <= world_.pulls; ++number) {
      world_.host.open(number, {"preview", "use-snapshot"});
    }
    std::vector<std::thread> threads;
    // Two changes for each pass of a tidegate, so that both advance together.
    threads.push_back(many(1, [this](auto&, auto& random) {
      if (3 * disturbed_ > 2 * steps_) {
        --steps_;
        return std::this_thread::yield();
      }
      ++disturbed_;
      disturb(random, any_of(random));
    }));
    threads.push_back(many(2, [this](auto& own, auto& random) { own.sync(any_of(random)); }));
    threads.push_back(many(3, [](auto& own, auto&) { own.reconcile(); }));
    threads.push_back(many(4, [this](auto& own, auto& random) { lock_and_watch(own, random); }));
    for (auto& thread : threads) thread.join();
    return {disturbed_, watched_};
  }

 private:
  using Random = std::minstd_rand;

  int any_of(Random& random) const {
    return static_cast<int>(random() % static_cast<unsigned>(world_.pulls)) + 1;
  }

  std::thread many(unsigned seed, const std::function<void(Racer&, Random&)>& act) {
    return std::thread([this, seed, act] {
      Random random(seed);
      const auto own = world_.racer();
      while (goes_on()) act(*own, random);
    });
  }

  /// All its steps, and then until something was watched: the thread that locks may be late.
  bool goes_on() {
    const int step = steps_++;
    return step < world_.steps || (watched_ == 0 && step < k_most_steps * world_.steps);
  }

  void disturb(Random& random, int number) {
    auto& host = world_.host;
    switch (random() % 6) {
      case 0:
        return host.label(number, "use-snapshot");
      case 1:
        return host.unlabel(number, "use-snapshot");
      case 2:
        return host.push(number, "c" + std::to_string(random() % 1000));
      case 3:
        return host.change(number, [&](PullRequest& pull) {
          pull.state = random() % 4 == 0 ? PullState::closed : PullState::open;
        });
      case 4:
        if (random() % 4 == 0) host.unlabel(number, "preview");
        return;
      default:
        return host.label(number, "preview");
    }
  }

  /// Locks one, waits until that is noted, lets the others work, and checks that nothing changed.
  void lock_and_watch(Racer& own, Random& random) {
    const int number = any_of(random);
    world_.host.label(number, "persist-db");
    const auto settled = [&] {
      return world_.is_locked(number) || world_.signature(number) == "none";
    };
    for (int tries = 0; tries < k_tries_to_lock && !(own.sync(number) && settled()); ++tries) {
    }
    const auto before = world_.signature(number);
    for (int i = 0; i < k_syncs_while_locked; ++i) {
      own.sync(any_of(random));
      ++steps_;
    }
    if (before != "none") {
      EXPECT_EQ(world_.signature(number), before) << "pr-" << number << " was touched while locked";
      ++watched_;
    }
    world_.host.unlabel(number, "persist-db");
  }

  const RaceWorld& world_;
  std::atomic<int> steps_{0}, disturbed_{0}, watched_{0};
};

}  // namespace

RaceSeen race(const RaceWorld& world) { return Race(world).run(); }

}  // namespace tidegate::test
