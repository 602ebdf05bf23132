#include "base/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

#include "base/errno_kind.hpp"
#include "base/error.hpp"

namespace tidegate {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr milliseconds k_poll{5};

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const noexcept { return number_; }
  int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

[[noreturn]] void fail(std::string_view what, int number) {
  throw Error(kind_of_errno(number), fmt::format("{}: {}", what, std::strerror(number)));
}

std::pair<Descriptor, Descriptor> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("cannot make a pipe", errno);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Descriptor open_file(const std::string& path, int flags) {
  Descriptor file(::open(path.c_str(), flags | O_CLOEXEC, 0600));
  if (file.get() < 0) fail(fmt::format("cannot open '{}'", path), errno);
  return file;
}

// Duplicates the descriptor to a number of at least `least`.
Descriptor duplicate(int number, int least) {
  Descriptor copy(::fcntl(number, F_DUPFD_CLOEXEC, least));
  if (copy.get() < 0) fail("cannot hand a descriptor down", errno);
  return copy;
}

// The child's end of a stream and, for a pipe, the parent's end.
struct Ends {
  Descriptor theirs, ours;
};

Ends open_stream(const ChildStream& stream, int inherited) {
  Ends ends;
  switch (stream.kind) {
    case ChildStream::Kind::inherit:
      ends.theirs = Descriptor(::fcntl(inherited, F_DUPFD_CLOEXEC, 3));
      if (ends.theirs.get() < 0) ends.theirs = open_file("/dev/null", O_WRONLY);
      break;
    case ChildStream::Kind::null:
      ends.theirs = open_file("/dev/null", O_WRONLY);
      break;
    case ChildStream::Kind::file:
      ends.theirs = open_file(stream.path, O_WRONLY | O_CREAT | O_APPEND);
      break;
    case ChildStream::Kind::descriptor:
      ends.theirs = duplicate(stream.number, 3);
      break;
    case ChildStream::Kind::pipe:
      std::tie(ends.ours, ends.theirs) = make_pipe();
      break;
  }
  return ends;
}

// Copies the descriptors to numbers above those that they get in the child. Otherwise dup2 could
// close one that is still to be copied.
std::vector<Descriptor> out_of_the_way(const std::vector<int>& numbers) {
  std::vector<Descriptor> copies;
  copies.reserve(numbers.size());
  for (const int number : numbers) {
    copies.push_back(duplicate(number, static_cast<int>(numbers.size())));
  }
  return copies;
}

std::vector<std::string> merged_environment(const std::vector<std::string>& added) {
  std::vector<std::string> all;
  const auto name_of = [](std::string_view entry) { return entry.substr(0, entry.find('=')); };
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const bool replaced = std::any_of(added.begin(), added.end(), [&](const std::string& other) {
      return name_of(other) == name_of(*entry);
    });
    if (!replaced) all.emplace_back(*entry);
  }
  all.insert(all.end(), added.begin(), added.end());
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Everything the child needs is prepared before fork: after fork, only async-signal-safe calls are
// allowed.
struct Launch {
  const char* program;
  char* const* argv;
  char* const* environment;
  const std::vector<Descriptor>* handed_down;  // in, out, err and the rest
  int report;
  pid_t parent;
};

void reset_signals() noexcept {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &standard, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool hand_down(const std::vector<Descriptor>& descriptors) noexcept {
  for (std::size_t number = 0; number < descriptors.size(); ++number) {
    if (::dup2(descriptors[number].get(), static_cast<int>(number)) < 0) return false;
  }
  return true;
}

[[noreturn]] void become(const Launch& launch) noexcept {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before prctl.
  if (::getppid() != launch.parent) ::_exit(127);
  if (hand_down(*launch.handed_down)) {
    // Descriptors that other code opened without O_CLOEXEC.
    ::close_range(static_cast<unsigned>(launch.handed_down->size()), ~0U, CLOSE_RANGE_CLOEXEC);
    reset_signals();
    ::umask(077);
    ::execve(launch.program, launch.argv, launch.environment);
  }
  const int number = errno;
  static_cast<void>(!::write(launch.report, &number, sizeof number));
  ::_exit(127);
}

// Signal handlers of the parent must not run in the child: all signals stay blocked until the child
// has reset the handlers.
pid_t fork_quietly(const Launch& launch) {
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) become(launch);
  const int number = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = number;
  return pid;
}

// The errno that the child reports when execve failed; 0 when it succeeded.
int reported(const Descriptor& pipe) {
  int number = 0;
  ssize_t got = 0;
  do {
    got = ::read(pipe.get(), &number, sizeof number);
  } while (got < 0 && errno == EINTR);
  return got == static_cast<ssize_t>(sizeof number) ? number : 0;
}

// False when no data arrives within the limit.
bool readable(int descriptor, milliseconds limit) {
  pollfd wait{descriptor, POLLIN, 0};
  return ::poll(&wait, 1, static_cast<int>(limit.count())) > 0;
}

// Reads the available output, and closes the pipe at its end. The limit is larger than a pipe's
// buffer, so that the remaining output of a child that has ended is read completely. It is bounded
// because another process may write to the pipe without end.
std::string drain(int& descriptor, milliseconds limit) {
  constexpr std::size_t k_most = 1U << 20U;
  std::string text;
  while (text.size() < k_most && descriptor >= 0 && readable(descriptor, limit)) {
    std::array<char, 8192> part{};
    const auto got = ::read(descriptor, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      ::close(std::exchange(descriptor, -1));
      break;
    }
    text.append(part.data(), static_cast<std::size_t>(got));
    limit = milliseconds{0};
  }
  return text;
}

}  // namespace

std::optional<std::string> find_program(std::string_view name) {
  const auto runnable = [](const std::string& path) { return ::access(path.c_str(), X_OK) == 0; };
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string_view::npos) {
    std::string path(name);
    return runnable(path) ? std::optional(path) : std::nullopt;
  }
  const char* variable = std::getenv("PATH");
  std::string_view folders = variable != nullptr ? variable : "/usr/bin:/bin";
  while (!folders.empty()) {
    const auto folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
    auto path = fmt::format("{}/{}", folder.empty() ? "." : folder, name);
    if (runnable(path)) return path;
  }
  return std::nullopt;
}

std::string to_text(const ChildExit& exit) {
  return exit.signal != 0 ? fmt::format("signal {}", exit.signal)
                          : fmt::format("exit code {}", exit.code);
}

Child::Child(const ChildCommand& command) {
  if (command.argv.empty()) throw Error(ErrorKind::internal, "a child needs a program to run");
  const auto program = find_program(command.argv.front());
  if (!program) {
    throw Error(ErrorKind::config, fmt::format("there is no program '{}'", command.argv.front()),
                "install it, or put the folder that holds it into PATH");
  }
  auto texts = command.argv;
  auto variables = merged_environment(command.environment);
  const auto argv = pointers_to(texts);
  const auto environment = pointers_to(variables);
  const auto in = command.in.kind == ChildStream::Kind::null
                      ? open_file("/dev/null", O_RDONLY)
                      : open_stream(command.in, STDIN_FILENO).theirs;
  auto out = open_stream(command.out, STDOUT_FILENO);
  auto err = open_stream(command.err, STDERR_FILENO);
  std::vector<int> numbers{in.get(), out.theirs.get(), err.theirs.get()};
  numbers.insert(numbers.end(), command.descriptors.begin(), command.descriptors.end());
  auto handed_down = out_of_the_way(numbers);
  auto [report_here, report_low] = make_pipe();
  auto report_there = duplicate(report_low.get(), static_cast<int>(numbers.size()));
  report_low = Descriptor();
  pid_ = fork_quietly({program->c_str(), argv.data(), environment.data(), &handed_down,
                       report_there.get(), ::getpid()});
  if (pid_ < 0) fail(fmt::format("cannot start '{}'", *program), errno);
  // Parent and child both call setpgid, so that the group exists whichever of them runs first.
  ::setpgid(pid_, pid_);
  report_there = Descriptor();
  handed_down.clear();
  if (const int number = reported(report_here); number != 0) {
    reap(0);
    fail(fmt::format("cannot start '{}'", *program), number);
  }
  out_ = out.ours.release();
  err_ = err.ours.release();
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      exit_(other.exit_),
      out_(std::exchange(other.out_, -1)),
      err_(std::exchange(other.err_, -1)) {}

Child::~Child() {
  if (pid_ > 0 && !exit_) {
    signal_group(SIGKILL);
    reap(0);
  }
  for (const int descriptor : {out_, err_}) {
    if (descriptor >= 0) ::close(descriptor);
  }
}

void Child::signal_group(int number) const noexcept {
  if (pid_ > 0 && !exit_) ::kill(-pid_, number);
}

// Checks with WNOWAIT first and reaps afterwards: while the leader is not reaped, the kernel cannot
// reuse the group's number, so the rest of the group can be killed safely in between.
void Child::reap(int how) noexcept {
  siginfo_t ended{};
  int result = 0;
  do {
    result = ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOWAIT | how);
  } while (result != 0 && errno == EINTR);
  if (result == 0 && ended.si_pid == 0) return;
  if (result == 0) {
    ::kill(-pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  const bool by_itself = ended.si_code == CLD_EXITED;
  exit_ = ChildExit{by_itself ? ended.si_status : 0, by_itself ? 0 : ended.si_status};
}

bool Child::running() { return !wait(milliseconds{0}).has_value(); }

std::optional<ChildExit> Child::wait(milliseconds limit) {
  const auto end = Steady::now() + limit;
  for (;;) {
    if (!exit_) reap(WNOHANG);
    if (exit_ || Steady::now() >= end) return exit_;
    const timespec pause{0, std::chrono::nanoseconds(k_poll).count()};
    ::nanosleep(&pause, nullptr);
  }
}

ChildExit Child::terminate(milliseconds grace) {
  signal_group(SIGTERM);
  if (!wait(grace)) {
    signal_group(SIGKILL);
    reap(0);
  }
  return exit_.value_or(ChildExit{});
}

std::string Child::read_out(milliseconds limit) { return drain(out_, limit); }
std::string Child::read_err(milliseconds limit) { return drain(err_, limit); }

ChildResult run_child(const ChildCommand& command, milliseconds limit) {
  ChildResult result;
  const auto end = Steady::now() + limit;
  Child child(command);
  const auto collect = [&] {
    result.out += child.read_out(k_poll);
    result.err += child.read_err(milliseconds{0});
  };
  while (child.running()) {
    collect();
    if (Steady::now() < end) {
      child.wait(k_poll);
      continue;
    }
    result.timed_out = true;
    child.terminate(milliseconds{0});
  }
  collect();
  result.exit = *child.wait(milliseconds{0});
  return result;
}

}  // namespace tidegate
