#include "daemon/pulls.hpp"

namespace tidegate::daemon {

Pulls::Pulls(Surroundings surroundings, journal::Deliveries& deliveries, PullWork work)
    : surroundings_(std::move(surroundings)),
      forward_(surroundings_.stop, [this] { stop_.request_stop(); }),
      worker_(surroundings_, deliveries, std::move(work)) {
  surroundings_.stop = stop_.get_token();
  thread_ = std::jthread([this] { loop(stop_.get_token()); });
}

Pulls::~Pulls() { stop_.request_stop(); }

void Pulls::set(PullWork work) {
  worker_.set(std::move(work));
  wake();
}

void Pulls::wake() {
  const std::scoped_lock lock(mutex_);
  rung_ = true;
  bell_.notify_all();
}

void Pulls::loop(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto pause = worker_.step();
    std::unique_lock lock(mutex_);
    bell_.wait_for(lock, stop, pause, [this] { return rung_; });
    rung_ = false;
  }
}

}  // namespace tidegate::daemon
