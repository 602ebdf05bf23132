#pragma once

/// Turns SIGINT and SIGTERM into a stop request, and SIGHUP into a configurable action.

#include <signal.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace tidegate {

/// While this object lives, SIGINT and SIGTERM request `stop`; a second one ends the process
/// immediately with code 130. SIGHUP does the same, so that a closed terminal leaves nothing
/// behind, unless on_hangup() sets another action or SIGHUP was ignored before (nohup). SIGPIPE is
/// ignored: writing to a closed pipe is reported as an error and does not end the process.
/// Create it in main() before any other thread, because threads inherit the signal mask. Only one
/// object may exist at a time.
class StopSignals {
 public:
  explicit StopSignals(std::stop_source stop);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Sets the action for SIGHUP. It runs on the signal thread and must not throw. An empty function
  /// restores the default.
  void on_hangup(std::function<void()> action);
  /// The first signal that requested the stop; 0 when none has arrived.
  int received() const noexcept { return received_.load(); }

 private:
  void wait_for_signals();
  bool hung_up();
  std::stop_source stop_;
  sigset_t waited_for_{};
  sigset_t mask_before_{};
  struct sigaction pipe_before_ {};
  bool hangup_ignored_ = false;
  std::mutex mutex_;
  std::function<void()> hangup_;  // under mutex_
  std::atomic<bool> done_{false};
  std::atomic<int> received_{0};
  std::thread thread_;
};

}  // namespace tidegate
