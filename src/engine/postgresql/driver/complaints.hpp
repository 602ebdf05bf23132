#pragma once

/// The errors that pg_dump and pg_restore print on standard error, and the kind of each failure.

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace tidegate::engine::postgresql {

/// Keeps the important part of a program's standard error, which may be of any length: its errors
/// and warnings with their details, the first ones and the last. Pure.
class Complaints {
 public:
  /// `program`: its name at the beginning of its lines. `harmless`: text of errors that are only
  /// counted; may be empty.
  explicit Complaints(std::string program, std::string harmless = {})
      : program_(std::move(program)), harmless_(std::move(harmless)) {}
  void add(std::string_view line);

  const std::string& program() const noexcept { return program_; }
  /// Each with its details, on one line: `query failed: ERROR:  permission denied for table a;
  /// Query was: LOCK TABLE …`.
  std::vector<std::string> errors() const;
  std::vector<std::string> warnings() const;
  /// Whether all errors were harmless, and there were some: pg_restore has continued, and its last
  /// line says how many errors it ignored.
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

/// The failure of the program as an Error: permission, unreachable, config (its version, or a file
/// that it may not write), verification (an archive that it cannot read), no_space, else remote.
/// psql's verbose form has the SQLSTATE. pg_dump and pg_restore have no option to print it, so the
/// server's messages are recognised in English; any other gives remote.
/// `ended`: `exit code 1`, `signal 9`.
Error translate(const Complaints& complaints, const std::string& ended);

/// Whether it reports that the other end of its pipe is closed: then the program there failed
/// first.
bool blames_its_pipe(const Complaints& complaints);

}  // namespace tidegate::engine::postgresql
