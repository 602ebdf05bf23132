#pragma once

/// Child processes for tests: the built program, and the servers that it speaks to. Each runs in a
/// process group of its own, dies with the thread that started it, and writes into files, so that
/// nothing blocks on a full pipe.

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace tidegate::test {

using Json = nlohmann::ordered_json;
using namespace std::chrono_literals;

/// A directory that is removed at the end, unless the test that is running has failed: then it is
/// kept and its path printed.
class TempDir {
 public:
  /// `parent`: in place of TMPDIR, or /tmp.
  explicit TempDir(const std::string& name = "test", const std::filesystem::path& parent = {});
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::filesystem::path& path() const { return path_; }
  /// Writes a file in it and returns its path.
  std::filesystem::path write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

/// Where a throwaway server's files are best: in memory where there is room, since no test asks
/// what is left after the power fails. TMPDIR, where it is set, is obeyed.
std::filesystem::path place_for_servers();

std::string read_text(const std::filesystem::path& path);

/// How a program ended. `signal` is 0 unless it was killed by one; `exit_code` is -1 then.
struct Outcome {
  int exit_code = -1;
  int signal = 0;
  std::string out, err;
  std::chrono::milliseconds elapsed{0};
  double cpu_seconds = 0;
  /// VmHWM as last seen while it ran. Not ru_maxrss, which counts the forked image of the test.
  std::int64_t peak_rss_bytes = 0;

  /// Standard output as one JSON document. A test failure, and null, when it is none.
  Json json() const;
  /// Both streams, for looking for what must not be there.
  std::string all() const { return out + err; }
};

/// Printed by a failed expectation.
std::ostream& operator<<(std::ostream& out, const Outcome& outcome);

struct Command {
  std::vector<std::string> argv;
  std::map<std::string, std::string> env = {};  ///< besides PATH, HOME and sanitizer options
  std::string input = {};
  std::filesystem::path directory = {};  ///< working directory; the test's own when empty
};

/// A process that runs. Killed with its group at the end, if it still does.
class Process {
 public:
  /// `logs` is where the streams are kept; it must outlive the process.
  Process(const Command& command, const std::filesystem::path& logs);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  /// To the process alone. Nothing when it has ended.
  void signal(int number);
  /// SIGSTOP, and returns once it has stopped.
  void stop_and_wait();
  /// Nothing when it still runs at the deadline.
  std::optional<Outcome> wait_for(std::chrono::milliseconds deadline);
  /// Waits; at the deadline it is killed, and the test fails.
  Outcome wait(std::chrono::milliseconds deadline = 240s);
  bool running();
  std::string out_so_far() const { return read_text(out_); }
  std::string err_so_far() const { return read_text(err_); }

 private:
  void sample_memory();
  void reap(int status, double cpu_seconds);
  pid_t pid_ = -1;
  int pidfd_ = -1;
  std::filesystem::path out_, err_;
  std::chrono::steady_clock::time_point started_;
  std::int64_t peak_rss_bytes_ = 0;
  std::optional<Outcome> outcome_;
};

/// Runs to the end.
Outcome run(const Command& command, const std::filesystem::path& logs,
            std::chrono::milliseconds deadline = 240s);

/// Where a program of this name is on the PATH.
std::optional<std::filesystem::path> find_program(const std::string& name);

/// Asks again and again, with a short pause, until the condition holds. False at the deadline.
template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds deadline);

/// A pause between two questions; for eventually() and for moments chosen at random.
void pause(std::chrono::microseconds duration);

template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    pause(5ms);
  }
  return true;
}

}  // namespace tidegate::test
