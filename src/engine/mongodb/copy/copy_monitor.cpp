#include "engine/mongodb/copy/copy_monitor.hpp"

#include <algorithm>

namespace tidegate::engine::mongodb {
namespace {

constexpr std::chrono::milliseconds k_tick{250};
constexpr int k_ticks_a_look = 3;
// One try: the next tick is another, and the end of the watch does not wait for pauses.
const CommandOptions k_once{
    .idempotent = false, .max_time = std::chrono::milliseconds{4'000}, .needs = {}};

}  // namespace

CopyMonitor::CopyMonitor(Run& run, Server& server, std::string database)
    : run_(run),
      server_(server),
      database_(std::move(database)),
      own_run_(run.id() + " watch", run.clock(), run.log(), silent_, ending_.get_token(),
               std::nullopt),
      thread_([this](std::stop_token stop) { watch(stop); }) {}

CopyMonitor::~CopyMonitor() {
  ending_.request_stop();
  thread_.request_stop();
  thread_.join();
}

void CopyMonitor::begins(const std::string& name) {
  const std::lock_guard lock(mutex_);
  active_.push_back({name, {}, 0});
}

void CopyMonitor::ends(const std::string& name) {
  const std::lock_guard lock(mutex_);
  std::erase_if(active_, [&](const auto& each) { return each.name == name; });
}

void CopyMonitor::abandon() { abandoned_ = true; }

bool CopyMonitor::unwanted() const {
  return abandoned_ || (run_.stop().stop_requested() && !run_.shielded());
}

void CopyMonitor::watch(std::stop_token stop) {
  for (int tick = 1; !stop.stop_requested(); ++tick) {
    own_run_.clock().sleep(k_tick, stop);
    if (stop.stop_requested()) return;
    try {
      if (unwanted()) {
        server_.kill_operations(own_run_, run_.id(), {}, k_once);
      } else if (tick % k_ticks_a_look == 0) {
        look();
      }
    } catch (const std::exception& error) {
      // Progress may be missing for a while; operations are killed again at the next tick.
      own_run_.log().debug(std::string("cannot watch the copies: ") + error.what(),
                           {{"run", run_.id()}});
    }
  }
}

void CopyMonitor::look() {
  {
    const std::lock_guard lock(mutex_);
    if (active_.empty()) return;
  }
  std::vector<std::string> temporaries;
  Bson command = doc("listCollections", 1, "nameOnly", true, "authorizedCollections", true);
  command.add("filter", doc("name", doc("$regex", "^tmp\\.agg_out\\.")));
  for (const auto& each : server_.all(own_run_, database_, command, k_once))
    temporaries.push_back(each.text("name"));
  assign(temporaries);

  std::vector<Active> active;
  {
    const std::lock_guard lock(mutex_);
    active = active_;
  }
  for (const auto& each : active) {
    if (each.temporary.empty()) continue;
    const auto count =
        server_.read(own_run_, database_, doc("count", std::string_view(each.temporary)), k_once)
            .number("n");
    if (count > 0) run_.progress().item_advanced(each.name, "copy", count);
  }
}

void CopyMonitor::assign(const std::vector<std::string>& temporaries) {
  const std::lock_guard lock(mutex_);
  for (const auto& temporary : temporaries) {
    if (std::find(seen_.begin(), seen_.end(), temporary) != seen_.end()) continue;
    seen_.push_back(temporary);
    const auto waiting = std::find_if(active_.begin(), active_.end(),
                                      [](const auto& each) { return each.temporary.empty(); });
    if (waiting != active_.end()) waiting->temporary = temporary;
  }
}

}  // namespace tidegate::engine::mongodb
