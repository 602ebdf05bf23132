#pragma once

/// A program that is run as a child: no shell, a process group of its own, and never left behind.

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate {

/// Where one of a child's streams goes, or comes from.
struct ChildStream {
  enum class Kind { inherit, null, file, pipe, descriptor };
  Kind kind = Kind::null;
  std::string path = {};  ///< of a file; it is made with mode 0600, and appended to
  int number = -1;        ///< of a descriptor; it stays the caller's

  static ChildStream inherit() { return {Kind::inherit}; }
  static ChildStream null() { return {Kind::null}; }
  static ChildStream file(std::string path) { return {Kind::file, std::move(path)}; }
  static ChildStream pipe() { return {Kind::pipe}; }
  static ChildStream descriptor(int number) { return {Kind::descriptor, {}, number}; }
};

/// The number under which a child finds the first of the descriptors that are handed down to it.
inline constexpr int k_first_handed_down = 3;

struct ChildCommand {
  std::vector<std::string> argv;         ///< argv[0] is looked up in PATH when it has no slash
  std::vector<std::string> environment;  ///< `NAME=value`, added to the parent's or in its place
  ChildStream out = ChildStream::null();
  ChildStream err = ChildStream::null();
  ChildStream in = ChildStream::null();  ///< null or a descriptor
  std::vector<int> descriptors = {};     ///< handed down as k_first_handed_down and following
};

/// How a child ended.
struct ChildExit {
  int code = 0;    ///< its exit code, where it ended by itself
  int signal = 0;  ///< the signal that ended it, else 0
  bool ok() const noexcept { return code == 0 && signal == 0; }
};

/// `exit code 1`, `signal 9`
std::string to_text(const ChildExit& exit);

/// A running child. Only the descriptors that the command names are handed down; blocked and
/// ignored signals are back to their defaults, and what it makes is its user's alone (umask 077).
/// Dies with the thread that started it (PR_SET_PDEATHSIG is per thread): start it from one that
/// lives as long as it is needed. The whole group is killed when the child itself has ended or this
/// object is destroyed. Not thread safe.
class Child {
 public:
  /// @throws Error config: there is no such program; permission: it may not be run; remote: the
  /// machine has no more processes, memory or descriptors.
  explicit Child(const ChildCommand& command);
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const noexcept { return pid_; }
  /// Whether it has not ended yet; never waits.
  bool running();
  /// Waits up to `limit` for the end. Nothing when it still runs then. May be called again after
  /// the end. A child whose pipe is full does not end: read it first.
  std::optional<ChildExit> wait(std::chrono::milliseconds limit);
  /// Asks the group to end (SIGTERM), and kills it after `grace`.
  ChildExit terminate(std::chrono::milliseconds grace);

  /// What it has written to its pipes since the last call, about a mebibyte at most; empty when
  /// there was nothing within `limit` or the pipe has ended.
  std::string read_out(std::chrono::milliseconds limit);
  std::string read_err(std::chrono::milliseconds limit);

 private:
  void signal_group(int number) const noexcept;
  void reap(int how) noexcept;
  pid_t pid_ = -1;
  std::optional<ChildExit> exit_;
  int out_ = -1, err_ = -1;
};

struct ChildResult {
  ChildExit exit;
  std::string out, err;  ///< of streams that are pipes
  bool timed_out = false;
};

/// Runs a program to its end and collects what it says; killed when `limit` is reached.
ChildResult run_child(const ChildCommand& command, std::chrono::milliseconds limit);

/// The path of a program as execvp would find it; nothing when there is none.
std::optional<std::string> find_program(std::string_view name);

}  // namespace tidegate
