#include "base/signals.hpp"

#include <pthread.h>
#include <unistd.h>

#include <utility>

#include "base/error.hpp"

namespace tidegate {

StopSignals::StopSignals(std::stop_source stop) : stop_(std::move(stop)) {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &pipe_before_);
  ::sigemptyset(&waited_for_);
  ::sigaddset(&waited_for_, SIGINT);
  ::sigaddset(&waited_for_, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &waited_for_, &mask_before_);
  thread_ = std::thread([this] { wait_for_signals(); });
}

StopSignals::~StopSignals() {
  done_.store(true);
  // Sent to that thread alone, which waits for it: it wakes, and nothing ends.
  ::pthread_kill(thread_.native_handle(), SIGTERM);  // NOLINT(bugprone-bad-signal-to-kill-thread)
  thread_.join();
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  ::sigaction(SIGPIPE, &pipe_before_, nullptr);
}

void StopSignals::wait_for_signals() {
  for (;;) {
    int number = 0;
    if (::sigwait(&waited_for_, &number) != 0) continue;
    if (done_.load()) return;
    if (received_.load() != 0) ::_exit(describe(ErrorKind::cancelled).exit_code);
    received_.store(number);
    stop_.request_stop();
  }
}

}  // namespace tidegate
