#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "model/schedule.hpp"

namespace tidegate {
namespace {

using std::chrono::days;
using std::chrono::minutes;

/// The numbers of one field that are due.
struct DueNumbers {
  std::vector<int> numbers;
  int least, most;

  bool all() const { return static_cast<int>(numbers.size()) == most - least + 1; }
  /// The distance of all neighbours; 0 where they differ.
  int step() const {
    if (numbers.size() < 2) return 0;
    const int first = numbers[1] - numbers[0];
    for (std::size_t i = 1; i < numbers.size(); ++i) {
      if (numbers[i] - numbers[i - 1] != first) return 0;
    }
    return first;
  }
};

template <std::size_t Size>
DueNumbers due_numbers(const std::bitset<Size>& due, int least, int most) {
  DueNumbers found{{}, least, most};
  for (int i = least; i <= most; ++i) {
    if (due[static_cast<std::size_t>(i)]) found.numbers.push_back(i);
  }
  return found;
}

/// `1-3,7,9`: three neighbours and more are a range.
std::string listed(const std::vector<int>& numbers) {
  std::vector<std::string> items;
  for (std::size_t i = 0; i < numbers.size();) {
    auto end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    if (end - i > 2) {
      items.push_back(fmt::format("{}-{}", numbers[i], numbers[end - 1]));
      i = end;
    } else {
      items.push_back(std::to_string(numbers[i++]));
    }
  }
  return fmt::format("{}", fmt::join(items, ","));
}

/// Whether a field of a day may begin with a star: readers take that for "any day", with a step or
/// without, and disagree about the rest.
enum class Star { allowed, avoided };

std::string field_text(const DueNumbers& due, Star star) {
  constexpr std::size_t k_fewest_of_a_step = 3;
  const auto& numbers = due.numbers;
  if (due.all()) {
    return star == Star::allowed ? "*" : fmt::format("{}-{}", due.least, due.most);
  }
  const int step = due.step();
  if (step < 2) return listed(numbers);
  const bool whole = numbers.front() == due.least && numbers.back() + step > due.most;
  if (whole && star == Star::allowed) return fmt::format("*/{}", step);
  if (numbers.size() < k_fewest_of_a_step) return listed(numbers);
  return fmt::format("{}-{}/{}", numbers.front(), numbers.back(), step);
}

}  // namespace

std::string Schedule::portable_text() const {
  const auto day = [](const DueNumbers& due, bool any) {
    return any ? std::string("*") : field_text(due, Star::avoided);
  };
  return fmt::format("{} {} {} {} {}", field_text(due_numbers(minutes_, 0, 59), Star::allowed),
                     field_text(due_numbers(hours_, 0, 23), Star::allowed),
                     day(due_numbers(days_, 1, 31), any_day_),
                     field_text(due_numbers(months_, 1, 12), Star::allowed),
                     day(due_numbers(weekdays_, 0, 6), any_weekday_));
}

bool Schedule::due_on_two_days_running() const {
  constexpr std::chrono::sys_days k_begin{std::chrono::year{2024} / 1 / 1};
  constexpr int k_days = 9 * 366;  // every date on every weekday, but for 29 February
  bool before = false;
  for (int i = 0; i < k_days; ++i) {
    const auto at = k_begin + days{i};
    const std::chrono::year_month_day date{at};
    const bool due =
        due_on(static_cast<int>(unsigned{date.month()}), static_cast<int>(unsigned{date.day()}),
               static_cast<int>(std::chrono::weekday{at}.c_encoding()));
    if (due && before) return true;
    before = due;
  }
  return false;
}

minutes Schedule::shortest_interval() const {
  int first = -1, last = -1, shortest = k_minutes_a_day;
  for (int at = 0; at < k_minutes_a_day; ++at) {
    if (!due_at(at)) continue;
    if (first < 0) first = at;
    if (last >= 0) shortest = std::min(shortest, at - last);
    last = at;
  }
  const int over_midnight = first + k_minutes_a_day - last;
  if (over_midnight < shortest && due_on_two_days_running()) shortest = over_midnight;
  return minutes{shortest};
}

}  // namespace tidegate
