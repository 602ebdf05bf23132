#pragma once

/// Child processes: no shell, a process group of their own, and never left behind.

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate {

/// The destination (or, for standard input, the source) of one stream of a child process.
struct ChildStream {
  enum class Kind { inherit, null, file, pipe, descriptor };
  Kind kind = Kind::null;
  std::string path = {};  ///< of a file; created with mode 0600 when missing, otherwise appended to
  int number = -1;        ///< of a descriptor; the caller still owns it

  static ChildStream inherit() { return {Kind::inherit}; }
  static ChildStream null() { return {Kind::null}; }
  static ChildStream file(std::string path) { return {Kind::file, std::move(path)}; }
  static ChildStream pipe() { return {Kind::pipe}; }
  static ChildStream descriptor(int number) { return {Kind::descriptor, {}, number}; }
};

/// In the child, the first inherited descriptor has this number; the others follow it.
inline constexpr int k_first_handed_down = 3;

struct ChildCommand {
  std::vector<std::string> argv;         ///< argv[0] is searched in PATH when it contains no slash
  std::vector<std::string> environment;  ///< `NAME=value`; added to the parent's environment, or
                                         ///< replaces a value there
  ChildStream out = ChildStream::null();
  ChildStream err = ChildStream::null();
  ChildStream in = ChildStream::null();  ///< null or a descriptor
  std::vector<int> descriptors = {};     ///< inherited, numbered from k_first_handed_down
};

/// How a child ended.
struct ChildExit {
  int code = 0;    ///< the exit code of a child that ended by itself
  int signal = 0;  ///< the signal that ended the child, or 0
  bool ok() const noexcept { return code == 0 && signal == 0; }
};

/// For messages: `exit code 1`, `signal 9`.
std::string to_text(const ChildExit& exit);

/// A running child process. It inherits only the descriptors that the command names. Blocked and
/// ignored signals are reset to their defaults, and files that it creates are readable by its user
/// only (umask 077).
/// The child dies with the thread that started it (PR_SET_PDEATHSIG is per thread), so start it
/// from a thread that lives long enough. When the child ends or this object is destroyed, every
/// process left in the child's process group is killed. Not thread safe.
class Child {
 public:
  /// @throws Error config: the program does not exist; permission: it may not be run; remote: the
  /// machine has no more processes, memory or descriptors.
  explicit Child(const ChildCommand& command);
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const noexcept { return pid_; }
  /// Whether the child still runs. Never waits.
  bool running();
  /// Waits up to `limit` for the child to end. @returns nothing when it still runs. May be called
  /// again after the end. A child that writes to a full pipe does not end: read its output first.
  std::optional<ChildExit> wait(std::chrono::milliseconds limit);
  /// Sends SIGTERM to the process group, and SIGKILL after `grace`.
  ChildExit terminate(std::chrono::milliseconds grace);

  /// Output written to the pipe since the last call, at most about 1 MiB. Empty when nothing
  /// arrives within `limit` or the pipe is closed.
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
  std::string out, err;  ///< only for streams that are pipes
  bool timed_out = false;
};

/// Runs a program to its end and collects the output of its pipes. Kills it when `limit` is
/// reached.
ChildResult run_child(const ChildCommand& command, std::chrono::milliseconds limit);

/// The path of the program that execvp would run; nothing when no such program exists.
std::optional<std::string> find_program(std::string_view name);

}  // namespace tidegate
