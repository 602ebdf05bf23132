#include "daemon/worker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <stop_token>
#include <utility>

#include "base/duration.hpp"

namespace tidegate::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr milliseconds k_longest_sleep = minutes{1};
constexpr milliseconds k_jump = minutes{1};
constexpr milliseconds k_silent_too_long = minutes{5};
/// Time that a run may take beyond its limit: to finish publishing, or to clean up.
constexpr milliseconds k_grace = minutes{10};

}  // namespace

milliseconds ClockWatch::jumped() {
  const auto wall = clock_.now();
  const auto steady = clock_.steady();
  const auto passed = std::chrono::duration_cast<milliseconds>(steady - steady_);
  const auto jump = wall - wall_ - passed;
  wall_ = wall;
  steady_ = steady;
  return std::chrono::abs(jump) > k_jump ? jump : milliseconds{0};
}

Worker::Worker(std::string database, const Surroundings& surroundings)
    : database_(std::move(database)), surroundings_(surroundings), watch_(surroundings.clock) {
  beat();
}

void Worker::set(std::vector<Job> jobs) {
  const std::scoped_lock lock(mutex_);
  wanted_ = std::move(jobs);
  wake_.request_stop();
}

milliseconds Worker::step() {
  adopt();
  notice_clock();
  beat();
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    const auto at = (first_ + i) % tasks_.size();
    auto& task = *tasks_[at];
    if (task.until_next() > milliseconds{0}) continue;
    first_ = (at + 1) % tasks_.size();  // the other jobs come before the next try of this one
    begin(task.job());
    task.attempt();
    beat();
    return milliseconds{0};
  }
  auto pause = k_longest_sleep;
  for (const auto& task : tasks_) pause = std::min(pause, task->until_next());
  return pause;
}

void Worker::sleep(milliseconds pause) {
  std::stop_source wake;
  {
    const std::scoped_lock lock(mutex_);
    if (wanted_) return;
    wake_ = wake;
  }
  const std::stop_callback forward(surroundings_.stop, [&wake] { wake.request_stop(); });
  surroundings_.clock.sleep(pause, wake.get_token());
}

bool Worker::alive() const {
  const auto now = surroundings_.clock.steady();
  const std::scoped_lock lock(mutex_);
  return !silent_until_ || now < *silent_until_;
}

std::vector<Report> Worker::reports() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Report> reports;
  reports.reserve(tasks_.size());
  for (const auto& task : tasks_) reports.push_back(task->report());
  return reports;
}

void Worker::adopt() {
  const std::scoped_lock lock(mutex_);
  if (!wanted_) return;
  std::vector<std::unique_ptr<Task>> tasks;
  for (auto& job : *wanted_) {
    auto task = std::make_unique<Task>(std::move(job), surroundings_);
    for (const auto& before : tasks_) task->succeed(*before);
    tasks.push_back(std::move(task));
  }
  tasks_ = std::move(tasks);
  wanted_.reset();
  first_ = 0;
}

void Worker::notice_clock() {
  const auto jump = watch_.jumped();
  if (jump == milliseconds{0}) return;
  surroundings_.log.warning(
      jump < milliseconds{0}
          ? fmt::format("the clock was set back by {}", to_text(-jump))
          : fmt::format("the clock was set forward by {}, or this machine slept", to_text(jump)),
      {{"database", database_}});
  for (const auto& task : tasks_) task->forget();
}

void Worker::beat() {
  const auto until = surroundings_.clock.steady() + k_silent_too_long;
  const std::scoped_lock lock(mutex_);
  silent_until_ = until;
}

void Worker::begin(const Job& job) {
  const auto now = surroundings_.clock.steady();
  const std::scoped_lock lock(mutex_);
  silent_until_.reset();
  if (job.time_limit) silent_until_ = now + *job.time_limit + k_grace;
}

}  // namespace tidegate::daemon
