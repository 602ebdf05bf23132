#pragma once

/// The program's log: one line per event on standard error, without secrets.

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

/// Named facts of an event, in order. The json format writes them as keys; the text format writes
/// `key=value` after the message.
using LogFields = std::vector<std::pair<std::string, std::string>>;

/// Thread safe. No call throws. The redactor removes the secrets from every line.
class Log {
 public:
  /// Receives finished lines without newline. The default sink writes to standard error.
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
  /// The text with all secrets removed. Call it before a text is shortened: the redactor cannot
  /// recognise half a secret.
  std::string clean(std::string_view text) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tidegate
