#pragma once

/// The program's log: one line an event, on standard error, redacted.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.hpp"

namespace tidegate {

enum class LogLevel { trace, debug, info, warning, error };
enum class LogFormat { text, json };

std::optional<LogLevel> parse_log_level(std::string_view text);
std::optional<LogFormat> parse_log_format(std::string_view text);

/// Named facts of an event, in order; JSON keys in the json format, `key=value` after the text
/// otherwise.
using LogFields = std::vector<std::pair<std::string, std::string>>;

/// Thread safe. No call throws. Every line passes through the redactor before it leaves.
class Log {
 public:
  /// Where finished lines (without newline) go; the default writes to standard error.
  using Sink = std::function<void(std::string_view line)>;

  Log(LogLevel level, LogFormat format, const Redactor& redactor, Sink sink = {});
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void write(LogLevel level, std::string_view message, const LogFields& fields = {});
  void debug(std::string_view message, const LogFields& fields = {}) {
    write(LogLevel::debug, message, fields);
  }
  void info(std::string_view message, const LogFields& fields = {}) {
    write(LogLevel::info, message, fields);
  }
  void warning(std::string_view message, const LogFields& fields = {}) {
    write(LogLevel::warning, message, fields);
  }
  void error(std::string_view message, const LogFields& fields = {}) {
    write(LogLevel::error, message, fields);
  }
  bool enabled(LogLevel level) const noexcept;
  /// As a line that leaves, without any secret: for texts that are cut before they are said, since
  /// nobody recognises half a secret.
  std::string clean(std::string_view text) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tidegate
