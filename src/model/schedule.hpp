#pragma once

/// When something is due.

#include <bitset>
#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace tidegate {

constexpr int k_minutes_a_day = 24 * 60;

/// A cron expression of five fields, read as UTC: minute, hour, day of month, month, day of week.
/// Ranges `1-5`, lists `1,15`, steps `*/15` and `10-40/10`, names `JAN` and `MON` in any case, 7
/// for Sunday; and `@hourly`, `@daily` (`@midnight`), `@weekly`, `@monthly`, `@yearly`
/// (`@annually`). Where both days are restricted, a day of either is due (POSIX); only a bare `*`
/// does not restrict.
class Schedule {
 public:
  /// @throws Error config: names the wrong field, its text and the allowed values; also when the
  /// expression can never be due (30 February).
  explicit Schedule(std::string_view expression);

  /// As written, without space around it.
  const std::string& text() const noexcept { return text_; }
  /// Five fields of numbers that mean the same to every reader of cron expressions (Kubernetes,
  /// GitHub, cron itself): no names, no `@daily`, Sunday is 0, and a star only where any day is
  /// due. The same times give the same text.
  std::string portable_text() const;
  /// Between two due moments, at least.
  std::chrono::minutes shortest_interval() const;
  /// The first due moment strictly after this one.
  SystemTime next_after(SystemTime moment) const;
  /// The last due moment that is not after this one.
  SystemTime last_until(SystemTime moment) const;

 private:
  bool possible() const;
  bool due_on_two_days_running() const;
  bool due_on(int month, int day, int weekday) const;
  bool due_at(int minute) const;  // of the day
  std::string text_;
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;    // 1 to 31
  std::bitset<13> months_;  // 1 to 12
  std::bitset<7> weekdays_;
  bool any_day_ = true, any_weekday_ = true;  // written as `*`
};

}  // namespace tidegate
