// Weeks of a daemon with every kind of failure: each day has exactly one archive, or the log says
// why not.

#include <gmock/gmock.h>

#include <cstdlib>
#include <random>

#include "nights.hpp"

namespace tidegate::daemon {
namespace {

constexpr auto k_weeks = std::chrono::days{21};
const Schedule k_nightly("0 3 * * *");

/// Repeatable random numbers.
class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  bool one_in(int n) { return number(1, n) == 1; }
  int number(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(engine_);
  }
  milliseconds between(milliseconds least, milliseconds most) {
    return milliseconds{
        std::uniform_int_distribution<std::int64_t>(least.count(), most.count())(engine_)};
  }

 private:
  std::mt19937 engine_;
};

enum class Clocks { right, jumping };

/// Three weeks with random failures.
class Weeks : public Nights {
 public:
  Weeks(unsigned seed, Clocks clocks) : dice_(seed), clocks_(clocks) {
    archives = {{"before", november("22T03:00:00")}};
    begun_ = clock.now();
    taking = [this](tidegate::Run&) { night(); };
    looking = [this] {
      if (broken()) throw Error(ErrorKind::unreachable, "the server does not answer");
    };
    time_limit = 30h;
  }

  void pass() {
    const auto end = clock.steady() + k_weeks;
    start();
    while (clock.steady() < end && !testing::Test::HasFatalFailure()) {
      try {
        live(dice_.between(1min, 20h));
      } catch (const Died&) {
        restart();
      }
      happen();
    }
    broken_until_ = {};
    if (!worker) start();
    settle();
  }

  /// Scheduled times that the daemon must account for.
  std::vector<SystemTime> scheduled() const {
    std::vector<SystemTime> times;
    for (auto time = k_nightly.next_after(begun_); time <= clock.now();
         time = k_nightly.next_after(time)) {
      times.push_back(time);
    }
    return times;
  }

  int archives_of(SystemTime scheduled) const {
    int found = 0;
    for (const auto& one : archives) found += k_nightly.last_until(one.taken) == scheduled ? 1 : 0;
    return found;
  }

  /// Whether the log says that there is no archive for this time.
  bool accounted_for(SystemTime scheduled) const {
    const auto name = to_minute(scheduled);
    for (const auto& line : log_lines) {
      if (line.find("of " + name + " did not succeed") != std::string::npos) return true;
      if (line.find("none was taken at " + name) != std::string::npos) return true;
      const auto range = line.find("none was taken from ");
      if (range == std::string::npos) continue;
      const auto first = line.substr(range + 20, name.size());
      const auto last = line.substr(range + 20 + name.size() + 4, name.size());
      if (first <= name && name <= last) return true;
    }
    return false;
  }

  bool clock_jumped() const { return count("the clock was set") > 0 || count("in the future") > 0; }

 private:
  bool broken() const { return clock.steady() < broken_until_; }

  /// One try: slow, failing, or ended by a crash before or after the archive appears.
  void night() {
    if (dice_.one_in(4)) clock.advance(dice_.between(1min, 26h));
    if (broken()) throw Error(ErrorKind::remote, "the server is going down");
    if (dice_.one_in(6)) throw Error(ErrorKind::no_space, "the disk is full");
    if (dice_.one_in(12)) throw Died();
    if (dice_.one_in(12)) {
      const auto begun = std::chrono::floor<std::chrono::seconds>(tries.back());
      archives.push_back({"atlas-" + to_compact(begun) + "Z.dump", begun});
      throw Died();
    }
  }

  void restart() {
    stop();
    if (dice_.one_in(3)) clock.advance(dice_.between(1s, 40h));
    if (clocks_ == Clocks::jumping && dice_.one_in(4)) jump();
    start();
  }

  void jump() {
    const auto size = dice_.one_in(3) ? dice_.between(5h, 60h) : dice_.between(30s, 5h);
    clock.jump(dice_.one_in(2) ? size : -size);
  }

  void happen() {
    switch (dice_.number(1, 4)) {
      case 1:
        restart();
        break;
      case 2:
        broken_until_ = clock.steady() + dice_.between(1min, dice_.one_in(4) ? 50h : 3h);
        break;
      case 3:
        if (clocks_ == Clocks::jumping) jump();
        break;
      default:
        break;
    }
  }

  /// Runs until nothing is due any more.
  void settle() {
    taking = [](tidegate::Run&) {};
    live(10min);
  }

  Dice dice_;
  Clocks clocks_;
  SystemTime begun_;
  SteadyTime broken_until_{};
};

unsigned first_seed() {
  const char* text = std::getenv("TIDEGATE_TEST_SEED");
  return text != nullptr ? static_cast<unsigned>(std::stoul(text)) : 1;
}
constexpr unsigned k_seeds = 30;

TEST(Weeks, EachDayHasExactlyOneArchiveOrTheLogSaysWhyNot) {
  int nights = 0, missing = 0;
  for (unsigned seed = first_seed(); seed < first_seed() + k_seeds; ++seed) {
    Weeks weeks(seed, Clocks::right);
    ASSERT_NO_FATAL_FAILURE(weeks.pass()) << "seed " << seed;
    for (const auto scheduled : weeks.scheduled()) {
      const auto found = weeks.archives_of(scheduled);
      ASSERT_LE(found, 1) << "seed " << seed << ": twice for " << to_minute(scheduled) << "\n"
                          << weeks.said();
      ASSERT_TRUE(found == 1 || weeks.accounted_for(scheduled))
          << "seed " << seed << ": nothing and no word for " << to_minute(scheduled) << "\n"
          << weeks.said();
      ++nights;
      missing += 1 - found;
    }
  }
  // Both must have happened; otherwise the test proves nothing.
  EXPECT_GT(missing, nights / 50);
  EXPECT_LT(missing, nights / 2);
}

TEST(Weeks, WithAClockThatJumpsNoneIsMissingSilentlyAndNoneTakenTwiceSilently) {
  int twice = 0;
  for (unsigned seed = first_seed(); seed < first_seed() + k_seeds; ++seed) {
    Weeks weeks(seed, Clocks::jumping);
    ASSERT_NO_FATAL_FAILURE(weeks.pass()) << "seed " << seed;
    for (const auto scheduled : weeks.scheduled()) {
      const auto found = weeks.archives_of(scheduled);
      ASSERT_TRUE(found <= 1 || weeks.clock_jumped())
          << "seed " << seed << ": twice for " << to_minute(scheduled) << "\n"
          << weeks.said();
      ASSERT_TRUE(found >= 1 || weeks.accounted_for(scheduled))
          << "seed " << seed << ": nothing and no word for " << to_minute(scheduled) << "\n"
          << weeks.said();
      twice += found > 1 ? 1 : 0;
    }
  }
  EXPECT_LT(twice, static_cast<int>(k_seeds));
}

}  // namespace
}  // namespace tidegate::daemon
