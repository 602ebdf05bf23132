#include "model/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace tidegate {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::minutes;

constexpr std::string_view k_space = " \t";

/// One of the five. `names` stand for `least`, `least` + 1, …
struct Field {
  std::string_view name;
  int least;
  int most;
  std::string_view names = {};
};

constexpr std::array<Field, 5> k_fields{
    {{"minute", 0, 59},
     {"hour", 0, 23},
     {"day of month", 1, 31},
     {"month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"},
     {"day of week", 0, 7, "SUN MON TUE WED THU FRI SAT"}}};

struct Short {
  std::string_view name;
  std::string_view fields;
};

constexpr std::array<Short, 7> k_shorts{{{"@hourly", "0 * * * *"},
                                         {"@daily", "0 0 * * *"},
                                         {"@midnight", "0 0 * * *"},
                                         {"@weekly", "0 0 * * 0"},
                                         {"@monthly", "0 0 1 * *"},
                                         {"@yearly", "0 0 1 1 *"},
                                         {"@annually", "0 0 1 1 *"}}};

Error no_schedule(std::string_view text, std::string_view why) {
  return {ErrorKind::config, fmt::format("'{}' is not a schedule: {}", text, why),
          "a schedule is five fields in UTC: minute 0-59, hour 0-23, day of month 1-31, month 1-12 "
          "or JAN-DEC, day of week 0-7 or SUN-SAT; each is *, a number, a range 1-5, a step */15 "
          "or 10-40/10, or a list of these; or @hourly, @daily, @weekly, @monthly, @yearly"};
}

std::vector<std::string_view> pieces(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> found;
  while (true) {
    const auto end = text.find_first_of(separators);
    found.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return found;
    text.remove_prefix(end + 1);
  }
}

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lowered(x) == lowered(y); });
}

std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const auto* end = text.data() + text.size();
  // from_chars would take a minus sign.
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

/// Reads one field of one expression; remembers both for messages.
class FieldReader {
 public:
  FieldReader(const Field& field, std::string_view expression)
      : field_(field), expression_(expression) {}

  std::bitset<64> read(std::string_view text) {
    std::bitset<64> due;
    for (const auto item : pieces(text, ",")) add(item, due);
    return due;
  }

 private:
  void add(std::string_view item, std::bitset<64>& due) {
    const auto slash = item.find('/');
    const auto base = item.substr(0, slash);
    const auto dash = base.find('-');
    int first = field_.least, last = field_.most, step = 1;
    if (dash != std::string_view::npos) {
      first = value(base.substr(0, dash), item);
      last = value(base.substr(dash + 1), item);
      // Sunday is the first day of the week by name, and its last at the end of a range.
      if (last == 0 && first > 0 && same_word(base.substr(dash + 1), "SUN")) last = 7;
      if (last < first) throw wrong(item, "ends before it begins");
    } else if (base != "*") {
      if (slash != std::string_view::npos) {
        throw wrong(item, "is a step that needs '*' or a range before the '/'");
      }
      first = last = value(base, item);
    }
    if (slash != std::string_view::npos) step = step_in(item.substr(slash + 1), item);
    for (int i = first; i <= last; i += step) due.set(static_cast<std::size_t>(i));
  }

  int value(std::string_view text, std::string_view item) const {
    if (const auto number = number_in(text)) {
      if (*number >= field_.least && *number <= field_.most) return *number;
    } else if (!field_.names.empty()) {
      const auto names = pieces(field_.names, k_space);
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (same_word(names[i], text)) return field_.least + static_cast<int>(i);
      }
    }
    throw wrong(item, "is not " + allowed());
  }

  int step_in(std::string_view text, std::string_view item) const {
    const auto step = number_in(text);
    if (step && *step >= 1 && *step <= field_.most) return *step;
    throw wrong(item, fmt::format("has a step that is not 1 to {}", field_.most));
  }

  std::string allowed() const {
    const auto numbers = fmt::format("{} to {}", field_.least, field_.most);
    if (field_.names.empty()) return numbers;
    return fmt::format("{} or {} to {}", numbers, field_.names.substr(0, 3),
                       field_.names.substr(field_.names.size() - 3));
  }

  Error wrong(std::string_view item, std::string_view why) const {
    return no_schedule(expression_, fmt::format("its {} '{}' {}", field_.name, item, why));
  }

  const Field& field_;
  std::string_view expression_;
};

/// The five fields of an expression without a `@`.
std::vector<std::string_view> fields_of(std::string_view text, std::string_view expression) {
  std::vector<std::string_view> fields;
  for (const auto piece : pieces(text, k_space)) {
    if (!piece.empty()) fields.push_back(piece);
  }
  if (fields.size() == k_fields.size()) return fields;
  if (fields.empty()) throw no_schedule(expression, "it is empty");
  throw no_schedule(expression,
                    fmt::format("it has {} field{}, and five are needed: minute, hour, day of "
                                "month, month, day of week",
                                fields.size(), fields.size() == 1 ? "" : "s"));
}

/// Five fields for a name such as `@daily`; anything else is left as it is.
std::string_view written_out(std::string_view expression) {
  const auto begin = expression.find_first_not_of(k_space);
  if (begin == std::string_view::npos || expression[begin] != '@') return expression;
  const auto end = expression.find_last_not_of(k_space);
  const auto word = expression.substr(begin, end - begin + 1);
  for (const auto& known : k_shorts) {
    if (same_word(known.name, word)) return known.fields;
  }
  throw no_schedule(expression, "there is no such name");
}

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(k_space);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(k_space) - begin + 1));
}

struct Date {
  int month, day, weekday;
};

Date date_of(std::chrono::sys_days day) {
  const std::chrono::year_month_day date{day};
  return {static_cast<int>(unsigned{date.month()}), static_cast<int>(unsigned{date.day()}),
          static_cast<int>(std::chrono::weekday{day}.c_encoding())};
}

SystemTime moment_on(std::chrono::sys_days day, int minute) { return day + minutes{minute}; }

/// Of the day, rounded down.
int minute_on(std::chrono::sys_days day, SystemTime moment) {
  return static_cast<int>(floor<minutes>(moment - day).count());
}

}  // namespace

Schedule::Schedule(std::string_view expression) : text_(trimmed(expression)) {
  const auto fields = fields_of(written_out(text_), text_);
  std::array<std::bitset<64>, 5> due;
  for (std::size_t i = 0; i < due.size(); ++i) {
    due[i] = FieldReader(k_fields[i], text_).read(fields[i]);
  }
  minutes_ = std::bitset<60>(due[0].to_ullong());
  hours_ = std::bitset<24>(due[1].to_ullong());
  days_ = std::bitset<32>(due[2].to_ullong());
  months_ = std::bitset<13>(due[3].to_ullong());
  if (due[4][7]) due[4].set(0);
  weekdays_ = std::bitset<7>(due[4].to_ullong() & 0x7f);
  any_day_ = fields[2] == "*";
  any_weekday_ = fields[4] == "*";
  if (!possible()) throw no_schedule(text_, "no month that it names has such a day");
}

bool Schedule::possible() const {
  if (any_day_ || !any_weekday_) return true;
  using std::chrono::last, std::chrono::month, std::chrono::year;
  constexpr auto k_leap = year{2024};
  for (unsigned m = 1; m <= 12; ++m) {
    const unsigned length{(k_leap / month{m} / last).day()};
    for (unsigned d = 1; d <= length; ++d) {
      if (months_[m] && days_[d]) return true;
    }
  }
  return false;
}

bool Schedule::due_on(int month, int day, int weekday) const {
  if (!months_[static_cast<std::size_t>(month)]) return false;
  const bool by_day = days_[static_cast<std::size_t>(day)];
  const bool by_weekday = weekdays_[static_cast<std::size_t>(weekday)];
  if (any_day_) return by_weekday;
  if (any_weekday_) return by_day;
  return by_day || by_weekday;
}

bool Schedule::due_at(int minute) const {
  return hours_[static_cast<std::size_t>(minute / 60)] &&
         minutes_[static_cast<std::size_t>(minute % 60)];
}

// Both end: a schedule that can be due is so within eight years (29 February around 2100).

SystemTime Schedule::next_after(SystemTime moment) const {
  const auto begin = floor<minutes>(moment) + minutes{1};
  const auto today = floor<days>(begin);
  for (auto day = today;; day += days{1}) {
    const auto date = date_of(day);
    if (!due_on(date.month, date.day, date.weekday)) continue;
    for (int at = day == today ? minute_on(day, begin) : 0; at < k_minutes_a_day; ++at) {
      if (!hours_[static_cast<std::size_t>(at / 60)]) at += 59 - at % 60;
      if (due_at(at)) return moment_on(day, at);
    }
  }
}

SystemTime Schedule::last_until(SystemTime moment) const {
  const auto today = floor<days>(moment);
  for (auto day = today;; day -= days{1}) {
    const auto date = date_of(day);
    if (!due_on(date.month, date.day, date.weekday)) continue;
    for (int at = day == today ? minute_on(day, moment) : k_minutes_a_day - 1; at >= 0; --at) {
      if (!hours_[static_cast<std::size_t>(at / 60)]) at -= at % 60;
      if (due_at(at)) return moment_on(day, at);
    }
  }
}

}  // namespace tidegate
