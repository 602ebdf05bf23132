#include "support/program.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace tidegate::test {
namespace {

std::vector<std::string> environment(const Command& command) {
  auto env = command.env;
  for (const char* name : {"PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "XDG_CACHE_HOME",
                           "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    const char* value = std::getenv(name);
    if (value != nullptr) env.try_emplace(name, value);
  }
  std::vector<std::string> lines;
  for (const auto& [name, value] : env) {
    std::string line = name;
    line += '=';
    line += value;
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

int pidfd_open(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

struct Streams {
  int in = -1, out = -1, err = -1;
  ~Streams() {
    for (const int fd : {in, out, err}) {
      if (fd >= 0) ::close(fd);
    }
  }
};

// Between fork and exec: nothing that takes a lock or memory.
[[noreturn]] void become(const Streams& streams, const char* directory, pid_t parent, char** argv,
                         char** env) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(126);
  ::dup2(streams.in, 0);
  ::dup2(streams.out, 1);
  ::dup2(streams.err, 2);
  if (*directory != '\0' && ::chdir(directory) != 0) ::_exit(126);
  ::execvpe(argv[0], argv, env);
  ::_exit(127);
}

int open_file(const std::filesystem::path& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0) throw std::runtime_error("cannot open " + path.string());
  return fd;
}

}  // namespace

std::filesystem::path place_for_servers() {
  const std::filesystem::path memory = "/dev/shm";
  constexpr std::uintmax_t k_room = 4'000'000'000;
  std::error_code none;
  const bool roomy = std::filesystem::space(memory, none).available >= k_room && !none;
  if (std::getenv("TMPDIR") != nullptr || !roomy || ::access(memory.c_str(), W_OK) != 0) return {};
  return memory;
}

TempDir::TempDir(const std::string& name, const std::filesystem::path& parent) {
  const char* given = std::getenv("TMPDIR");
  const std::string base = !parent.empty() ? parent.string() : given != nullptr ? given : "/tmp";
  auto text = base + "/tidegate-" + name + "-XXXXXX";
  if (::mkdtemp(text.data()) == nullptr) throw std::runtime_error("cannot make " + text);
  path_ = text;
}

TempDir::~TempDir() {
  const auto* unit = ::testing::UnitTest::GetInstance();
  const bool failed =
      unit->current_test_info() != nullptr ? ::testing::Test::HasFailure() : unit->Failed();
  if (failed) {
    std::cerr << "kept: " << path_.string() << '\n';
    return;
  }
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TempDir::write(const std::string& name, const std::string& text) const {
  const auto path = path_ / name;
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
  return path;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Json Outcome::json() const {
  auto document = Json::parse(out, nullptr, false);
  if (document.is_discarded()) {
    ADD_FAILURE() << "not one JSON document on standard output\n" << *this;
    return nullptr;
  }
  return document;
}

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  if (outcome.signal != 0) {
    out << "killed by signal " << outcome.signal;
  } else {
    out << "exit code " << outcome.exit_code;
  }
  return out << " after " << outcome.elapsed.count() << " ms\n--- standard output\n"
             << outcome.out << "--- standard error\n"
             << outcome.err << "---\n";
}

Process::Process(const Command& command, const std::filesystem::path& logs) {
  static std::atomic<int> counter{0};
  const auto name = std::to_string(++counter) + "-" +
                    std::filesystem::path(command.argv.at(0)).filename().string();
  out_ = logs / (name + ".out");
  err_ = logs / (name + ".err");
  const auto in = logs / (name + ".in");
  std::ofstream(in, std::ios::binary) << command.input;

  Streams streams;
  streams.in = open_file(in, O_RDONLY);
  streams.out = open_file(out_, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
  streams.err = open_file(err_, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
  auto argv_texts = command.argv;
  auto env_texts = environment(command);
  const auto argv = pointers(argv_texts);
  const auto env = pointers(env_texts);
  const auto parent = ::getpid();
  started_ = std::chrono::steady_clock::now();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ == 0) {
    become(streams, command.directory.c_str(), parent, const_cast<char**>(argv.data()),
           const_cast<char**>(env.data()));
  }
  ::setpgid(pid_, pid_);
  pidfd_ = pidfd_open(pid_);
}

Process::~Process() {
  if (!outcome_) {
    ::kill(-pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
  }
  if (pidfd_ >= 0) ::close(pidfd_);
}

void Process::signal(int number) {
  if (!outcome_) ::kill(pid_, number);
}

void Process::stop_and_wait() {
  signal(SIGSTOP);
  siginfo_t info{};
  // WNOWAIT: an end that comes first is left for wait_for().
  ::waitid(P_PID, static_cast<id_t>(pid_), &info, WSTOPPED | WEXITED | WNOWAIT);
}

void Process::sample_memory() {
  // Between fork and exec it is still this test's own memory that would be counted.
  std::error_code none;
  const auto program =
      std::filesystem::read_symlink("/proc/" + std::to_string(pid_) + "/exe", none);
  if (none || program == std::filesystem::read_symlink("/proc/self/exe", none)) return;
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.rfind("VmHWM:", 0) == 0) {
      peak_rss_bytes_ =
          std::max<std::int64_t>(peak_rss_bytes_, std::atoll(line.c_str() + 6) * 1024);
      return;
    }
  }
}

void Process::reap(int status, double cpu_seconds) {
  Outcome outcome;
  if (WIFSIGNALED(status)) {
    outcome.signal = WTERMSIG(status);
  } else {
    outcome.exit_code = WEXITSTATUS(status);
  }
  outcome.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - started_);
  outcome.out = read_text(out_);
  outcome.err = read_text(err_);
  outcome.cpu_seconds = cpu_seconds;
  outcome.peak_rss_bytes = peak_rss_bytes_;
  outcome_ = std::move(outcome);
}

std::optional<Outcome> Process::wait_for(std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!outcome_) {
    sample_memory();
    int status = 0;
    rusage usage{};
    if (::wait4(pid_, &status, WNOHANG, &usage) == pid_) {
      const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
      };
      reap(status, seconds(usage.ru_utime) + seconds(usage.ru_stime));
      break;
    }
    if (std::chrono::steady_clock::now() >= end) return std::nullopt;
    pollfd ended{pidfd_, POLLIN, 0};
    ::poll(&ended, 1, 10);
  }
  return outcome_;
}

Outcome Process::wait(std::chrono::milliseconds deadline) {
  if (auto outcome = wait_for(deadline)) return *outcome;
  ADD_FAILURE() << "still running after " << deadline.count() << " ms\n--- standard error\n"
                << err_so_far();
  ::kill(-pid_, SIGKILL);
  return wait_for(10s).value_or(Outcome{});
}

bool Process::running() { return !wait_for(0ms).has_value(); }

Outcome run(const Command& command, const std::filesystem::path& logs,
            std::chrono::milliseconds deadline) {
  Process process(command, logs);
  return process.wait(deadline);
}

std::optional<std::filesystem::path> find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  std::string folder;
  while (std::getline(folders, folder, ':')) {
    const auto candidate = std::filesystem::path(folder) / name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

void pause(std::chrono::microseconds duration) { std::this_thread::sleep_for(duration); }

}  // namespace tidegate::test
