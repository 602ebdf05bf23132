#pragma once

/// Simulates days of a daemon without waiting: one database, whose archives survive every restart.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/utc.hpp"
#include "daemon/worker.hpp"
#include "support/fake_clock.hpp"

namespace tidegate::daemon {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// The process dies: no code of the daemon may catch this.
struct Died {};

inline SystemTime november(std::string_view text) {
  return parse_rfc3339("2026-11-" + std::string(text) + "Z").value();
}

class Nights {
 public:
  explicit Nights(const std::string& schedule = "0 3 * * *") : schedule_(schedule) {}

  // Set by a test.
  bool on_start = false;
  RetryPolicy insistence = RetryPolicy::until_it_works;
  std::optional<milliseconds> time_limit = {};
  /// Takes an archive: throws, advances the clock, or does nothing and succeeds.
  std::function<void(Run&)> taking = [](Run&) {};
  std::function<void()> looking = [] {};
  std::string trouble;  ///< that each leaves

  Job job() {
    return {.database = "atlas",
            .what = "snapshot",
            .schedule = schedule_,
            .on_start = on_start,
            .insistence = insistence,
            .time_limit = time_limit,
            .known =
                [this](Run&) {
                  looking();
                  return archives;
                },
            .take = [this](Run& run) { return take(run); }};
  }

  void start() {
    worker = std::make_unique<Worker>("atlas", surroundings);
    worker->set({job()});
  }
  void stop() { worker.reset(); }

  /// Runs the daemon until that time by the steady clock.
  void live(milliseconds time) {
    const auto end = clock.steady() + time;
    while (worker && clock.steady() < end) {
      const auto pause = worker->step();
      const auto left = std::chrono::duration_cast<milliseconds>(end - clock.steady());
      ASSERT_LT(busy_ = pause == 0ms ? busy_ + 1 : 0, 1000) << "it goes round without a pause";
      clock.advance(std::clamp(pause, 0ms, std::max(left, 0ms)));
    }
  }
  /// Runs it until that time by the wall clock, which shows that time afterwards unless it jumps
  /// meanwhile.
  void live_until(SystemTime time) { live(time - clock.now()); }

  Report report() const { return worker->reports().at(0); }
  int count(std::string_view text) const {
    int lines = 0;
    for (const auto& line : log_lines) lines += line.find(text) != std::string::npos ? 1 : 0;
    return lines;
  }
  /// The log without most of the tries.
  std::string said() const {
    std::string all;
    for (const auto& line : log_lines) {
      if (line.find("again in 1 min") == std::string::npos) all += line + "\n";
    }
    return all;
  }
  std::vector<std::string> taken() const {
    std::vector<std::string> times;
    for (const auto& one : archives) times.push_back(to_second(one.taken).substr(8, 11));
    return times;
  }

  test::FakeClock clock;  // begins on 2026-11-22 at 03:00:04
  std::vector<DatedSnapshot> archives;
  std::vector<SystemTime> tries;
  std::vector<std::string> log_lines;
  std::stop_source stopping;
  Redactor redactor;
  Log log{LogLevel::info, LogFormat::text, redactor,
          [this](std::string_view line) { log_lines.emplace_back(line); }};
  Surroundings surroundings{
      clock, log, [](const Job&, const std::string&) { return std::make_unique<SilentProgress>(); },
      stopping.get_token()};
  std::unique_ptr<Worker> worker;

 private:
  JobResult take(Run& run) {
    const auto begun = std::chrono::floor<std::chrono::seconds>(clock.now());
    tries.push_back(begun);
    taking(run);
    run.check();
    archives.push_back({"atlas-" + to_compact(begun) + "Z.dump", begun});
    return {archives.back().name, trouble};
  }

  Schedule schedule_;
  int busy_ = 0;
};

}  // namespace tidegate::daemon
