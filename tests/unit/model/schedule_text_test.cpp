// The form in which a schedule is written for others: the same moments by their rules.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <random>
#include <string>
#include <vector>

#include "base/utc.hpp"
#include "model/schedule.hpp"

namespace tidegate {
namespace {

using std::chrono::minutes;

struct Row {
  const char *expression, *expected;
};

const std::vector<Row> k_rows{
    {"0 3 * * 0", "0 3 * * 0"},
    {"0 3 * * 7", "0 3 * * 0"},
    {"0 3 * * 5-7", "0 3 * * 0,5,6"},
    {"0 3 * * SAT-SUN", "0 3 * * 0,6"},
    {"0 3 * * FRI-SUN", "0 3 * * 0,5,6"},
    {"0 3 * * Sun,mon", "0 3 * * 0,1"},
    {"0 3 * * MON-FRI", "0 3 * * 1-5"},
    {"0 3 * * 0-7", "0 3 * * 0-6"},
    {"0 3 * * 1-7/2", "0 3 * * 0,1,3,5"},
    {"0 3 * JAN,mar *", "0 3 * 1,3 *"},
    {"@Daily", "0 0 * * *"},
    {"@WEEKLY", "0 0 * * 0"},
    {"@hourly", "0 * * * *"},
    {"@annually", "0 0 1 1 *"},
    {"*/10 * * * *", "*/10 * * * *"},
    {"0,15,30,45 * * * *", "*/15 * * * *"},
    {"5-59/10 * * * *", "5-55/10 * * * *"},
    {"*/7 * * * *", "*/7 * * * *"},
    {"*/1 */1 * */1 *", "* * * * *"},
    {"7 08 * * *", "7 8 * * *"},
    {"17 * * * *", "17 * * * *"},
    {"0 9-17 * * 1-5", "0 9-17 * * 1-5"},
    // With both days restricted, either is due: a star that restricts must not look like one that
    // does not.
    {"0 0 */1 * 1", "0 0 1-31 * 1"},
    {"0 0 */2 * 1", "0 0 1-31/2 * 1"},
    {"0 0 *,1 * 1", "0 0 1-31 * 1"},
    {"0 0 13 * */1", "0 0 13 * 0-6"},
    {"0 0 13 * */2", "0 0 13 * 0-6/2"},
};

TEST(ScheduleText, IsOfNumbersThatMeanTheSameEverywhere) {
  for (const auto& row : k_rows) {
    const Schedule schedule(row.expression);
    EXPECT_EQ(schedule.portable_text(), row.expected) << row.expression;
    EXPECT_EQ(Schedule(schedule.portable_text()).portable_text(), row.expected);
  }
}

/// One field by the rules of Kubernetes' parser (robfig/cron 3): numbers only within the bounds,
/// ranges in order, and a star with a step above one restricts.
struct KubernetesField {
  std::uint64_t due = 0;
  bool star = false;
  bool good = true;
};

int number(std::string_view text, bool& good) {
  int value = -1;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  good = good && !text.empty() && read.ec == std::errc() && read.ptr == end && value >= 0;
  return value;
}

KubernetesField kubernetes_field(std::string_view text, int least, int most) {
  KubernetesField field;
  while (true) {
    const auto comma = text.find(',');
    const auto item = text.substr(0, comma);
    const auto slash = item.find('/');
    const auto range = item.substr(0, slash);
    const auto dash = range.find('-');
    const int step = slash == item.npos ? 1 : number(item.substr(slash + 1), field.good);
    int first = least, last = most;
    if (range == "*") {
      field.star = field.star || step == 1;
    } else {
      first = number(range.substr(0, dash), field.good);
      last = dash != range.npos   ? number(range.substr(dash + 1), field.good)
             : slash != item.npos ? most
                                  : first;
    }
    field.good = field.good && first >= least && last <= most && first <= last && step > 0;
    if (!field.good) return field;
    for (int i = first; i <= last; i += step) field.due |= std::uint64_t{1} << i;
    if (comma == text.npos) return field;
    text.remove_prefix(comma + 1);
  }
}

/// Whether Kubernetes takes the text, and starts a Job at that moment.
class KubernetesReader {
 public:
  explicit KubernetesReader(std::string_view text) {
    constexpr std::array<std::pair<int, int>, 5> k_bounds{
        {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}}};
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const auto end = text.find(' ');
      fields_[i] = kubernetes_field(text.substr(0, end), k_bounds[i].first, k_bounds[i].second);
      text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
  }
  bool good() const {
    bool all = true;
    for (const auto& field : fields_) all = all && field.good;
    return all;
  }
  bool is_due(SystemTime moment) const {
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date{day};
    const auto minute = std::chrono::floor<minutes>(moment - day).count();
    const bool by_date = has(2, static_cast<int>(unsigned{date.day()}));
    const bool by_weekday = has(4, static_cast<int>(std::chrono::weekday{day}.c_encoding()));
    const bool either =
        fields_[2].star || fields_[4].star ? by_date && by_weekday : by_date || by_weekday;
    return either && has(0, static_cast<int>(minute % 60)) &&
           has(1, static_cast<int>(minute / 60)) &&
           has(3, static_cast<int>(unsigned{date.month()}));
  }

 private:
  bool has(std::size_t field, int value) const { return ((fields_[field].due >> value) & 1U) != 0; }
  std::array<KubernetesField, 5> fields_;
};

void expect_same_moments(const std::string& expression) {
  const Schedule schedule(expression);
  const KubernetesReader reader(schedule.portable_text());
  ASSERT_TRUE(reader.good()) << expression << " as " << schedule.portable_text();
  auto moment = *parse_rfc3339("2026-11-22T03:00:00Z");
  for (int i = 0; i < 20; ++i) {
    moment = schedule.next_after(moment);
    EXPECT_TRUE(reader.is_due(moment)) << expression << " at " << to_rfc3339(moment);
    const auto before = schedule.last_until(moment - minutes{1});
    for (auto at = moment - minutes{1}; at > before && at > moment - std::chrono::hours{48};
         at -= minutes{1}) {
      ASSERT_FALSE(reader.is_due(at)) << expression << " at " << to_rfc3339(at);
    }
  }
}

TEST(ScheduleText, IsDueForKubernetesWhenTheScheduleIs) {
  for (const auto& row : k_rows) expect_same_moments(row.expression);
}

TEST(ScheduleText, IsDueForKubernetesWhateverIsWritten) {
  std::mt19937 random(20261130);
  const auto pick = [&](std::vector<std::string> of) { return of[random() % of.size()]; };
  for (int i = 0; i < 150; ++i) {
    expect_same_moments(fmt::format(
        "{} {} {} {} {}", pick({"0", "*/20", "7,9", "3-50/9"}),
        pick({"*", "0", "*/5", "6-8", "23"}),
        pick({"*", "*/1", "*/2", "1,15", "31", "*,3", "10-12"}),
        pick({"*", "JAN-MAR", "*/2", "12", "2,8"}),
        pick({"*", "7", "5-7", "SAT-SUN", "*/1", "*/2", "0,7", "MON", "1-7/3", "sun-tue"})));
  }
}

TEST(ScheduleText, KnowsTheShortestIntervalBetweenTwoMoments) {
  const std::vector<std::pair<const char*, int>> rows{
      {"* * * * *", 1},        {"*/5 * * * *", 5},       {"*/3 * * * *", 3},
      {"*/7 * * * *", 4},      {"0,2 3 * * *", 2},       {"58 * * * *", 60},
      {"0,58 * * * *", 2},     {"0,58 3,5 * * *", 58},   {"58,0 23,0 * * *", 2},
      {"58,0 23,0 * * 1", 58}, {"58,0 23,0 1 * *", 58},  {"0 3 * * 0", 24 * 60},
      {"@daily", 24 * 60},     {"0 0,12 * * *", 12 * 60}};
  for (const auto& [expression, expected] : rows) {
    EXPECT_EQ(Schedule(expression).shortest_interval(), minutes{expected}) << expression;
  }
}

}  // namespace
}  // namespace tidegate
