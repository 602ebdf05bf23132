#pragma once

/// base: code that any program needs; it contains nothing specific to databases, snapshots or
/// previews.
/// This file: the only exception type of the program, and the table of all kinds of failure.

#include <array>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace tidegate {

/// The kind of a failure. It decides the exit code, and whether another try may succeed.
enum class ErrorKind {
  internal,
  usage,
  config,
  refused,
  locked,
  not_found,
  conflict,
  unreachable,
  permission,
  verification,
  no_space,
  timeout,
  remote,
  cancelled,
};

/// One row of the table of kinds. `retryable`: the same call may succeed later without any change
/// by a person.
struct ErrorKindRow {
  ErrorKind kind;
  std::string_view name;
  int exit_code;
  int http_status;
  bool retryable;
  std::string_view meaning;
};

/// The exit codes are part of the contract with users. These numbers are defined only here.
inline constexpr std::array<ErrorKindRow, 14> k_error_kinds{{
    {ErrorKind::internal, "internal", 1, 500, false, "a bug in tidegate; please report it"},
    {ErrorKind::usage, "usage", 2, 400, false, "flags or arguments are wrong"},
    {ErrorKind::config, "config", 3, 500, false,
     "the configuration file or the environment is wrong"},
    {ErrorKind::refused, "refused", 4, 403, false,
     "the gate forbids it: production, a protected name, a name outside the pattern, or a "
     "credential that could write production"},
    {ErrorKind::locked, "locked", 5, 423, false, "the target is locked"},
    {ErrorKind::not_found, "not_found", 6, 404, false,
     "no such database or target, or no complete snapshot after the wait"},
    {ErrorKind::conflict, "conflict", 7, 409, true, "another run holds this target"},
    {ErrorKind::unreachable, "unreachable", 8, 502, true,
     "the server or the network does not answer"},
    {ErrorKind::permission, "permission", 9, 403, false,
     "the server refuses the user; the missing right is named"},
    {ErrorKind::verification, "verification", 10, 500, false,
     "a copy differs from what it should be, or an archive is damaged"},
    {ErrorKind::no_space, "no_space", 11, 507, false, "not enough space; both sizes are named"},
    {ErrorKind::timeout, "timeout", 12, 504, true, "the run's time limit was reached"},
    {ErrorKind::remote, "remote", 13, 502, true,
     "any other failure that a server reported, with its own words and code"},
    {ErrorKind::cancelled, "cancelled", 130, 499, false,
     "stopped by a signal; staging was discarded"},
}};

/// The row of a kind; every kind has one.
const ErrorKindRow& describe(ErrorKind kind) noexcept;

/// The only exception type of the program. An adapter translates a library's errors into it once,
/// at the call.
/// message: lower case, no full stop, names in single quotes. It says what failed, why, and which
/// state is left behind.
/// hint: tells the reader what to do, and never repeats the message. May be empty or have several
/// lines.
/// context: where the error occurred (`tidegate.yaml:12 databases.syrf.production.uri`). May be
/// empty.
/// server_code: the server's own error number, or 0.
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message, std::string hint = {}, std::string context = {})
      : kind_(kind),
        message_(std::move(message)),
        hint_(std::move(hint)),
        context_(std::move(context)) {}

  const char* what() const noexcept override { return message_.c_str(); }
  ErrorKind kind() const noexcept { return kind_; }
  const std::string& message() const noexcept { return message_; }
  const std::string& hint() const noexcept { return hint_; }
  const std::string& context() const noexcept { return context_; }
  int server_code() const noexcept { return server_code_; }
  int exit_code() const noexcept { return describe(kind_).exit_code; }
  /// As its kind says, unless it was marked as permanent.
  bool retryable() const noexcept { return describe(kind_).retryable && !permanent_; }
  bool is_permanent() const noexcept { return permanent_; }

  Error& with_hint(std::string hint) {
    hint_ = std::move(hint);
    return *this;
  }
  Error& with_server_code(int code) {
    server_code_ = code;
    return *this;
  }
  /// Trying again cannot help, although it may with others of this kind.
  Error& mark_permanent() {
    permanent_ = true;
    return *this;
  }
  /// Puts "<prefix>: " before the message; used where a caller knows what was being attempted.
  Error& prefixed(std::string_view prefix);

 private:
  ErrorKind kind_;
  std::string message_;
  std::string hint_;
  std::string context_;
  int server_code_ = 0;
  bool permanent_ = false;
};

}  // namespace tidegate
