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
  ::sigaddset(&waited_for_, SIGHUP);
  struct sigaction hangup {};
  ::sigaction(SIGHUP, nullptr, &hangup);
  hangup_ignored_ = hangup.sa_handler == SIG_IGN;
  ::pthread_sigmask(SIG_BLOCK, &waited_for_, &mask_before_);
  thread_ = std::thread([this] { wait_for_signals(); });
}

StopSignals::~StopSignals() {
  done_.store(true);
  // Sent only to the thread that waits for it: the thread wakes up, and the process does not end.
  ::pthread_kill(thread_.native_handle(), SIGTERM);  // NOLINT(bugprone-bad-signal-to-kill-thread)
  thread_.join();
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  ::sigaction(SIGPIPE, &pipe_before_, nullptr);
}

void StopSignals::on_hangup(std::function<void()> action) {
  const std::scoped_lock lock(mutex_);
  hangup_ = std::move(action);
}

/// Runs the action for SIGHUP. @returns whether the signal is handled by that. The lock is held
/// during the call, so that an action is never called after on_hangup() has replaced it.
bool StopSignals::hung_up() {
  const std::scoped_lock lock(mutex_);
  if (hangup_) hangup_();
  return hangup_ || hangup_ignored_;
}

void StopSignals::wait_for_signals() {
  for (;;) {
    int number = 0;
    if (::sigwait(&waited_for_, &number) != 0) continue;
    if (done_.load()) return;
    if (number == SIGHUP && hung_up()) continue;
    if (received_.load() != 0) ::_exit(describe(ErrorKind::cancelled).exit_code);
    received_.store(number);
    stop_.request_stop();
  }
}

}  // namespace tidegate
