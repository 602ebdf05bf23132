#include "base/utc.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>

namespace tidegate {
namespace {

struct Parts {
  int year;
  unsigned month, day;
  int hour, minute, second, millisecond;
};

Parts split(SystemTime time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  return {int{date.year()},
          unsigned{date.month()},
          unsigned{date.day()},
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count()),
          static_cast<int>(clock.subseconds().count())};
}

// The number in the `count` digits at `at`; nothing when they are not all digits.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  int number = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

// Milliseconds of a fraction such as `.123`: one to nine digits, truncated. Nothing for any other
// form.
std::optional<int> fraction(std::string_view text) {
  if (text.empty()) return 0;
  if (text.size() < 2 || text.size() > 10 || text.front() != '.') return std::nullopt;
  int number = 0;
  for (std::size_t i = 1; i < text.size() || i <= 3; ++i) {
    const char c = i < text.size() ? text[i] : '0';
    if (c < '0' || c > '9') return std::nullopt;
    if (i <= 3) number = number * 10 + (c - '0');
  }
  return number;
}

constexpr std::string_view k_shape = "dddd-dd-ddTdd:dd:dd";

bool separators_fit(std::string_view text) {
  for (std::size_t i = 0; i < k_shape.size(); ++i) {
    if (k_shape[i] != 'd' && k_shape[i] != text[i]) return false;
  }
  return true;
}

}  // namespace

std::string to_rfc3339(SystemTime time) {
  const auto p = split(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", p.year, p.month, p.day, p.hour,
                     p.minute, p.second, p.millisecond);
}

std::string to_compact(SystemTime time) {
  const auto p = split(time);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}", p.year, p.month, p.day, p.hour, p.minute,
                     p.second);
}

std::string to_minute(SystemTime time) {
  const auto p = split(time);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", p.year, p.month, p.day, p.hour, p.minute);
}

std::string to_second(SystemTime time) {
  const auto p = split(time);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", p.year, p.month, p.day, p.hour,
                     p.minute, p.second);
}

std::string to_date(SystemTime time) {
  const auto p = split(time);
  return fmt::format("{:04}-{:02}-{:02}", p.year, p.month, p.day);
}

std::optional<SystemTime> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  if (text.size() < k_shape.size() + 1 || text.back() != 'Z') return std::nullopt;
  if (!separators_fit(text)) return std::nullopt;
  const auto y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2);
  const auto h = digits(text, 11, 2), mi = digits(text, 14, 2), s = digits(text, 17, 2);
  const auto ms = fraction(text.substr(k_shape.size(), text.size() - k_shape.size() - 1));
  if (!y || !mo || !d || !h || !mi || !s || !ms) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok() || *h > 23 || *mi > 59 || *s > 59) return std::nullopt;
  return SystemTime{sys_days{date} + hours{*h} + minutes{*mi} + seconds{*s} + milliseconds{*ms}};
}

}  // namespace tidegate
