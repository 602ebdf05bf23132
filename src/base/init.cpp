#include "base/init.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <initializer_list>

namespace tidegate {
namespace {

constexpr int k_cannot_start = 126;

/// Gives the program its own process group and the terminal, if there is one. Otherwise Ctrl-C
/// would reach the program twice, and the second signal ends it immediately.
void become_the_program(const sigset_t& mask) {
  ::setpgid(0, 0);
  if (::isatty(STDIN_FILENO) == 1) {
    const auto before = ::signal(SIGTTOU, SIG_IGN);
    ::tcsetpgrp(STDIN_FILENO, ::getpgrp());
    ::signal(SIGTTOU, before);
  }
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
}

int exit_code(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

[[noreturn]] void reap_and_hand_on(pid_t program, const sigset_t& all) {
  for (;;) {
    siginfo_t signal{};
    if (::sigwaitinfo(&all, &signal) < 0) continue;  // EINTR
    if (signal.si_signo != SIGCHLD) {
      ::kill(program, signal.si_signo);
      continue;
    }
    int status = 0;
    for (pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      if (ended == program) ::_exit(exit_code(status));
    }
  }
}

}  // namespace

void stand_below_init() {
  if (::getpid() != 1) return;
  sigset_t all, before;
  ::sigfillset(&all);
  // Faults of init stay its own, and job control stops belong to the shell: none of them is
  // forwarded.
  for (const int number :
       {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGTTIN, SIGTTOU, SIGTSTP}) {
    ::sigdelset(&all, number);
  }
  ::signal(SIGCHLD, SIG_DFL);  // if it were ignored, there would be no child to wait for
  ::sigprocmask(SIG_SETMASK, &all, &before);
  const auto program = ::fork();
  if (program == 0) return become_the_program(before);
  if (program < 0) ::_exit(k_cannot_start);
  reap_and_hand_on(program, all);
}

}  // namespace tidegate
