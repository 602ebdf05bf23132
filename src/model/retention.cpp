#include "model/retention.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string_view>

#include "base/utc.hpp"

namespace tidegate {
namespace {

using std::chrono::sys_days;

/// A period of days: its first day, and its name.
struct Period {
  sys_days begin;
  std::string name;
};

std::chrono::year_month_day date_of(SystemTime moment) {
  return std::chrono::floor<std::chrono::days>(moment);
}

Period day_of(SystemTime moment) { return {sys_days{date_of(moment)}, to_date(moment)}; }

/// ISO 8601: weeks begin on Monday, and belong to the year of their Thursday.
Period week_of(SystemTime moment) {
  using std::chrono::days, std::chrono::January;
  const sys_days day{date_of(moment)};
  const auto monday = day - (std::chrono::weekday{day} - std::chrono::Monday);
  const auto thursday = monday + days{3};
  const auto year = std::chrono::year_month_day{thursday}.year();
  const auto week = (thursday - sys_days{year / January / 1}).count() / 7 + 1;
  return {monday, fmt::format("{:04}-W{:02}", int{year}, week)};
}

Period month_of(SystemTime moment) {
  const auto date = date_of(moment);
  return {sys_days{date.year() / date.month() / 1}, to_date(moment).substr(0, 7)};
}

/// `2nd`, `11th`, `23rd`.
std::string ordinal(std::size_t number) {
  const auto tens = number % 100, ones = number % 10;
  const bool teen = tens >= 11 && tens <= 13;
  const auto* ending = teen ? "th" : ones == 1 ? "st" : ones == 2 ? "nd" : ones == 3 ? "rd" : "th";
  return fmt::format("{}{}", number, ending);
}

/// One archive while it is decided upon.
struct Candidate {
  std::size_t index;
  SystemTime moment;
  std::vector<std::string> reasons{};
  std::string replaced{};  ///< a newer one stands for its period, which is kept
};

using Candidates = std::vector<Candidate>;

std::size_t limit(int count) { return count > 0 ? static_cast<std::size_t>(count) : 0; }

void keep_last(Candidates& newest_first, const std::optional<int>& count) {
  if (!count) return;
  for (std::size_t i = 0; i < std::min(limit(*count), newest_first.size()); ++i) {
    newest_first[i].reasons.push_back(fmt::format("{} of the {} newest", ordinal(i + 1), *count));
  }
}

template <typename PeriodOf>
void keep_periods(Candidates& newest_first, const std::optional<int>& count, PeriodOf period_of,
                  std::string_view rule, std::string_view noun) {
  if (!count) return;
  std::optional<sys_days> current;
  std::size_t seen = 0;
  for (auto& archive : newest_first) {
    const auto period = period_of(archive.moment);
    if (current == period.begin) {
      if (archive.replaced.empty()) archive.replaced = fmt::format("a newer one of its {}", noun);
      continue;
    }
    if (seen++ == limit(*count)) return;
    current = period.begin;
    archive.reasons.push_back(fmt::format("newest of {} ({})", period.name, rule));
  }
}

Verdict verdict_of(const Candidate& archive) {
  if (!archive.reasons.empty()) return {true, fmt::format("{}", fmt::join(archive.reasons, ", "))};
  if (!archive.replaced.empty()) return {false, fmt::format("{} stays", archive.replaced)};
  return {false, "older than every rule keeps"};
}

}  // namespace

std::vector<Verdict> retain(const Retention& rules, const std::vector<SystemTime>& moments,
                            SystemTime now) {
  std::vector<Verdict> verdicts(moments.size(), {true, "everything stays: no rule is set"});
  if (rules.everything()) return verdicts;
  Candidates archives;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    if (moments[i] > now) {
      verdicts[i].why = "claims to be from the future";
    } else {
      archives.push_back({i, moments[i]});
    }
  }
  std::stable_sort(archives.begin(), archives.end(),
                   [](const auto& a, const auto& b) { return a.moment > b.moment; });
  keep_last(archives, rules.last);
  keep_periods(archives, rules.daily, day_of, "daily", "day");
  keep_periods(archives, rules.weekly, week_of, "weekly", "week");
  keep_periods(archives, rules.monthly, month_of, "monthly", "month");
  if (!archives.empty() && archives.front().reasons.empty()) {
    archives.front().reasons.emplace_back("the newest always stays");
  }
  for (const auto& archive : archives) verdicts[archive.index] = verdict_of(archive);
  return verdicts;
}

}  // namespace tidegate
