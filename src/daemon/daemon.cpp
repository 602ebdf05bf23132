#include "daemon/daemon.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace tidegate::daemon {

struct Daemon::Thread {
  Thread(const std::string& database, const Surroundings& surroundings)
      : worker(database, surroundings), thread([this, &surroundings] {
          while (!surroundings.stop.stop_requested()) worker.sleep(worker.step());
        }) {}
  Worker worker;
  std::jthread thread;  // last member: it uses the worker, and is joined before the worker is
                        // destroyed
};

Daemon::Daemon(Surroundings surroundings)
    : surroundings_(std::move(surroundings)),
      forward_(surroundings_.stop, [this] { stop_.request_stop(); }) {
  surroundings_.stop = stop_.get_token();
}

Daemon::~Daemon() {
  stop_.request_stop();
  const std::scoped_lock lock(mutex_);
  threads_.clear();
}

void Daemon::set(const std::map<std::string, std::vector<Job>>& jobs) {
  const std::scoped_lock lock(mutex_);
  for (const auto& [database, of_it] : jobs) {
    auto& thread = threads_[database];
    if (!thread) thread = std::make_unique<Thread>(database, surroundings_);
    thread->worker.set(of_it);
  }
  for (auto& [database, thread] : threads_) {
    if (jobs.count(database) == 0) thread->worker.set({});
  }
}

std::vector<Report> Daemon::reports() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Report> all;
  for (const auto& [database, thread] : threads_) {
    const auto some = thread->worker.reports();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

bool Daemon::alive() const {
  const std::scoped_lock lock(mutex_);
  return std::all_of(threads_.begin(), threads_.end(),
                     [](const auto& entry) { return entry.second->worker.alive(); });
}

}  // namespace tidegate::daemon
