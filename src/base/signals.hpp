#pragma once

/// SIGINT and SIGTERM as a stop request.

#include <signal.h>

#include <atomic>
#include <stop_token>
#include <thread>

namespace tidegate {

/// While it lives, SIGINT and SIGTERM request `stop`; the second one ends the process at once with
/// code 130. SIGPIPE is ignored: writing to a closed pipe is an error to be told of, not a death.
/// Make it in main() before any other thread: threads inherit the block. One at a time.
class StopSignals {
 public:
  explicit StopSignals(std::stop_source stop);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// The signal that came first; 0 when none has come.
  int received() const noexcept { return received_.load(); }

 private:
  void wait_for_signals();
  std::stop_source stop_;
  sigset_t waited_for_{};
  sigset_t mask_before_{};
  struct sigaction pipe_before_ {};
  std::atomic<bool> done_{false};
  std::atomic<int> received_{0};
  std::thread thread_;
};

}  // namespace tidegate
