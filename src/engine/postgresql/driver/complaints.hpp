#pragma once

/// What pg_dump and pg_restore say on standard error, and what kind of failure it is.

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace tidegate::engine::postgresql {

/// Keeps what matters of a program's standard error, of which there may be any amount: its errors
/// and warnings with their details, the first and the last of them. Pure.
class Complaints {
 public:
  /// `program`: as it calls itself at the beginning of its lines. `harmless`: words of errors that
  /// are only counted; may be empty.
  explicit Complaints(std::string program, std::string harmless = {})
      : program_(std::move(program)), harmless_(std::move(harmless)) {}
  void add(std::string_view line);

  const std::string& program() const noexcept { return program_; }
  /// Each with its details, in one line: `query failed: ERROR:  permission denied for table a;
  /// Query was: LOCK TABLE …`.
  std::vector<std::string> errors() const;
  std::vector<std::string> warnings() const;
  /// Whether there were harmless errors and no others: pg_restore has gone on, and says at its end
  /// how many errors it has ignored.
  bool only_harmless() const;

 private:
  enum class Level { error, warning, other };
  struct Complaint {
    Level level;
    std::string text;
  };
  std::optional<std::string_view> after_prefix(std::string_view line) const;
  std::vector<std::string> of(Level level) const;
  void begin(Level level, std::string_view text);
  void append(std::string_view text);
  void make_room();
  bool is_harmless(std::string_view text) const;

  std::string program_, harmless_, context_;
  int harmless_count_ = 0;
  Level current_ = Level::other;
  std::deque<Complaint> kept_;
};

/// How the program ended, as an Error: permission, unreachable, config (what it says of its own
/// version or of a file that it may not write), verification (an archive that it cannot read),
/// no_space, else remote. psql's verbose form has the SQLSTATE; pg_dump and pg_restore cannot be
/// made to print it, so that the server's words are recognised in English, and others give remote.
/// `ended`: `exit code 1`, `signal 9`.
Error translate(const Complaints& complaints, const std::string& ended);

/// Whether it says that the other end of its pipe is gone: then that one's failure is the cause.
bool blames_its_pipe(const Complaints& complaints);

}  // namespace tidegate::engine::postgresql
