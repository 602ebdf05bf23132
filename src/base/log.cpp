#include "base/log.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <mutex>

#include "base/clock.hpp"
#include "base/json_quote.hpp"
#include "base/utc.hpp"

namespace tidegate {
namespace {

constexpr std::array<std::string_view, 5> k_level_names{"trace", "debug", "info", "warning",
                                                        "error"};

std::string_view name_of(LogLevel level) {
  return k_level_names.at(static_cast<std::size_t>(level));
}

// One write() per line, so that lines of several processes on one pipe do not mix.
void write_to_standard_error(std::string_view line) {
  std::string text(line);
  text += '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto written = ::write(STDERR_FILENO, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string text_value(const std::string& value) {
  const bool plain = !value.empty() && value.find_first_of(" \"=") == std::string::npos;
  return plain ? one_line(value) : json_quote(value);
}

bool is_reserved(std::string_view key) {
  return key == "time" || key == "level" || key == "message";
}

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view text) {
  for (std::size_t i = 0; i < k_level_names.size(); ++i) {
    if (text == k_level_names[i]) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

std::optional<LogFormat> parse_log_format(std::string_view text) {
  if (text == "text") return LogFormat::text;
  if (text == "json") return LogFormat::json;
  return std::nullopt;
}

class Log::Impl {
 public:
  Impl(LogLevel level, LogFormat format, const Redactor& redactor, Sink sink)
      : level_(level), format_(format), redactor_(redactor), sink_(std::move(sink)) {}

  bool enabled(LogLevel level) const noexcept { return level >= level_; }
  std::string clean(std::string_view text) const { return redactor_.clean(text); }

  void write(LogLevel level, std::string_view message, const LogFields& fields) {
    const auto now =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const auto line = format_ == LogFormat::json ? json_line(now, level, message, fields)
                                                 : text_line(now, level, message, fields);
    const std::lock_guard lock(mutex_);
    sink_(line);
  }

 private:
  // Values are cleaned one by one: in the finished line, quoting could hide the end of a secret.
  std::string json_line(SystemTime now, LogLevel level, std::string_view message,
                        const LogFields& fields) const {
    auto line = fmt::format(R"({{"time":"{}","level":"{}","message":{})", to_rfc3339(now),
                            name_of(level), json_quote(redactor_.clean(message)));
    for (const auto& [key, value] : fields) {
      line += fmt::format(",{}:{}", json_quote(is_reserved(key) ? key + "_" : key),
                          json_quote(redactor_.clean(value)));
    }
    return line += '}';
  }

  std::string text_line(SystemTime now, LogLevel level, std::string_view message,
                        const LogFields& fields) const {
    auto line = fmt::format("{} {:<7} {}", to_rfc3339(now), name_of(level),
                            one_line(redactor_.clean(message)));
    for (const auto& [key, value] : fields) {
      if (value.empty()) continue;  // only the JSON form, for programs, keeps empty fields
      line += fmt::format(" {}={}", key, text_value(redactor_.clean(value)));
    }
    return line;
  }

  LogLevel level_;
  LogFormat format_;
  const Redactor& redactor_;
  Sink sink_;
  std::mutex mutex_;
};

Log::Log(LogLevel level, LogFormat format, const Redactor& redactor, Sink sink)
    : impl_(std::make_unique<Impl>(level, format, redactor,
                                   sink ? std::move(sink) : Sink(write_to_standard_error))) {}

Log::~Log() = default;

std::string Log::clean(std::string_view text) const { return impl_->clean(text); }
bool Log::enabled(LogLevel level) const noexcept { return impl_->enabled(level); }

void Log::write(LogLevel level, std::string_view message, const LogFields& fields) {
  if (!enabled(level)) return;
  try {
    impl_->write(level, message, fields);
  } catch (...) {
    // A failure to write the log must not end the work that is logged.
  }
}

}  // namespace tidegate
