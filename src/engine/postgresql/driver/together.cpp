#include "engine/postgresql/driver/together.hpp"

#include <exception>
#include <mutex>
#include <thread>

namespace tidegate::engine::postgresql {

void together(Run& run, const std::function<void(Run&)>& here,
              const std::function<void(Run&)>& beside) {
  std::stop_source stop;
  const std::stop_callback relay(run.stop(), [&stop] { stop.request_stop(); });
  std::mutex mutex;
  std::exception_ptr first;
  const auto guarded = [&](const std::function<void(Run&)>& work) {
    try {
      Run own(run.id(), run.clock(), run.log(), run.progress(), stop.get_token(), run.remaining());
      work(own);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!first) first = std::current_exception();
      stop.request_stop();
    }
  };
  {
    const std::jthread other([&] { guarded(beside); });
    guarded(here);
  }
  if (!first) return;
  run.check();  // reports the run's own limit
  std::rethrow_exception(first);
}

}  // namespace tidegate::engine::postgresql
