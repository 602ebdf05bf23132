#pragma once

/// SIGINT and SIGTERM as a stop request, SIGHUP as whatever is told.

#include <signal.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace tidegate {

/// While it lives, SIGINT and SIGTERM request `stop`; the second one ends the process at once with
/// code 130. SIGHUP does the same as they, so that a terminal that goes away leaves nothing behind,
/// unless on_hangup() says otherwise or it was ignored before (nohup). SIGPIPE is ignored: writing
/// to a closed pipe is an error to be told of, not a death. Make it in main() before any other
/// thread: threads inherit the block. One at a time.
class StopSignals {
 public:
  explicit StopSignals(std::stop_source stop);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// What a SIGHUP does from now on, on a thread of its own; it must not throw. Empty: as before.
  void on_hangup(std::function<void()> action);
  /// The signal that came first and requested the stop; 0 when none has come.
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
