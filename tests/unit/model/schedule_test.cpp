#include "model/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "base/error.hpp"
#include "base/utc.hpp"

namespace tidegate {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::minutes;

/// `2026-11-22 03:00`, with seconds where they matter.
SystemTime at(const std::string& text) {
  auto full = text.size() == 16 ? text + ":00Z" : text + "Z";
  full[10] = 'T';
  const auto moment = parse_rfc3339(full);
  EXPECT_TRUE(moment) << text;
  return moment.value_or(SystemTime{});
}

std::string text(SystemTime moment) {
  const auto full = to_rfc3339(moment);
  EXPECT_EQ(full.substr(16), ":00.000Z") << "not a whole minute";
  return full.substr(0, 10) + " " + full.substr(11, 5);
}

std::string next(std::string_view expression, const std::string& after) {
  return text(Schedule(expression).next_after(at(after)));
}

std::string last(std::string_view expression, const std::string& until) {
  return text(Schedule(expression).last_until(at(until)));
}

std::string refusal(std::string_view expression) {
  try {
    const Schedule schedule(expression);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_NE(error.hint(), "");
    return error.message();
  }
  return "(accepted)";
}

TEST(Schedule, FindsTheNextMoment) {
  struct Row {
    const char *expression, *after, *expected;
  };
  const std::vector<Row> rows{
      {"* * * * *", "2026-11-22 03:00", "2026-11-22 03:01"},
      {"0 3 * * *", "2026-11-22 02:59", "2026-11-22 03:00"},
      {"0 3 * * *", "2026-11-22 03:00", "2026-11-23 03:00"},
      {"0 3 * * *", "2026-12-31 03:00", "2027-01-01 03:00"},
      {"0 3 * * 0", "2026-11-22 03:00", "2026-11-29 03:00"},
      {"0 3 * * 7", "2026-11-22 02:00", "2026-11-22 03:00"},
      {"*/15 * * * *", "2026-11-22 03:46", "2026-11-22 04:00"},
      {"10-40/10 * * * *", "2026-11-22 03:40", "2026-11-22 04:10"},
      {"10-39/10 * * * *", "2026-11-22 03:30", "2026-11-22 04:10"},
      {"5,50 */6 * * *", "2026-11-22 18:05", "2026-11-22 18:50"},
      {"0 0 1 jan *", "2026-01-01 00:00", "2027-01-01 00:00"},
      {"0 0 31 * *", "2026-08-31 00:00", "2026-10-31 00:00"},
      {"0 0 30 * *", "2027-01-30 00:00", "2027-03-30 00:00"},
      {"0 0 * * mon-FRI", "2026-11-20 00:00", "2026-11-23 00:00"},
      {"0 0 * * fri-sun", "2026-11-20 00:00", "2026-11-21 00:00"},
      {"0 0 * * fri-sun", "2026-11-22 00:00", "2026-11-27 00:00"},
      {"0 0 * * 5-7", "2026-11-21 00:00", "2026-11-22 00:00"},
      {"0 0 * * SUN-TUE", "2026-11-24 00:00", "2026-11-29 00:00"},
      {"0 0 * 2-4,OCT *", "2026-04-30 00:00", "2026-10-01 00:00"},
      {"59 23 31 12 *", "2026-12-31 23:59", "2027-12-31 23:59"},
      {"007 03 * * *", "2026-11-22 00:00", "2026-11-22 03:07"},
      {"@hourly", "2026-11-22 23:00", "2026-11-23 00:00"},
      {"@daily", "2026-11-22 23:00", "2026-11-23 00:00"},
      {"@midnight", "2026-11-22 00:00", "2026-11-23 00:00"},
      {"@Weekly", "2026-11-22 00:00", "2026-11-29 00:00"},
      {"@monthly", "2026-11-22 00:00", "2026-12-01 00:00"},
      {"@yearly", "2026-11-22 00:00", "2027-01-01 00:00"},
      {" @annually\t", "2026-11-22 00:00", "2027-01-01 00:00"},
      {"  0\t3  *  * * ", "2026-11-22 00:00", "2026-11-22 03:00"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(next(row.expression, row.after), row.expected) << row.expression;
  }
}

TEST(Schedule, FindsTheLastMoment) {
  struct Row {
    const char *expression, *until, *expected;
  };
  const std::vector<Row> rows{
      {"* * * * *", "2026-11-22 03:00", "2026-11-22 03:00"},
      {"0 3 * * *", "2026-11-22 03:00", "2026-11-22 03:00"},
      {"0 3 * * *", "2026-11-22 02:59", "2026-11-21 03:00"},
      {"0 3 * * *", "2027-01-01 02:59", "2026-12-31 03:00"},
      {"0 0 31 * *", "2026-10-30 23:59", "2026-08-31 00:00"},
      {"30 4 29 2 *", "2026-11-22 00:00", "2024-02-29 04:30"},
      {"@yearly", "2026-11-22 00:00", "2026-01-01 00:00"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(last(row.expression, row.until), row.expected) << row.expression;
  }
}

TEST(Schedule, CountsFromMomentsWithinAMinute) {
  EXPECT_EQ(next("* * * * *", "2026-11-22 03:00:59.999"), "2026-11-22 03:01");
  EXPECT_EQ(last("* * * * *", "2026-11-22 03:00:59.999"), "2026-11-22 03:00");
  EXPECT_EQ(next("0 3 * * *", "2026-11-22 02:59:59.999"), "2026-11-22 03:00");
  EXPECT_EQ(last("0 3 * * *", "2026-11-22 02:59:59.999"), "2026-11-21 03:00");
  const SystemTime before_1970{milliseconds{-1}};
  EXPECT_EQ(text(Schedule("* * * * *").next_after(before_1970)), "1970-01-01 00:00");
  EXPECT_EQ(text(Schedule("* * * * *").last_until(before_1970)), "1969-12-31 23:59");
}

TEST(Schedule, KnowsLeapDays) {
  EXPECT_EQ(next("0 0 29 2 *", "2026-11-22 00:00"), "2028-02-29 00:00");
  EXPECT_EQ(next("0 0 29 2 *", "2028-02-29 00:00"), "2032-02-29 00:00");
  EXPECT_EQ(next("0 0 29 2 *", "2096-02-29 00:00"), "2104-02-29 00:00");
  EXPECT_EQ(last("0 0 29 2 *", "2104-02-28 23:59"), "2096-02-29 00:00");
  EXPECT_EQ(next("0 0 29 2 *", "1999-11-22 00:00"), "2000-02-29 00:00");
  EXPECT_EQ(next("0 0 * 2 *", "2028-02-28 00:00"), "2028-02-29 00:00");
  EXPECT_EQ(next("0 0 * 2 *", "2027-02-28 00:00"), "2028-02-01 00:00");
}

TEST(Schedule, TakesADayOfEitherWhereBothDaysAreRestricted) {
  EXPECT_EQ(next("0 0 13 * FRI", "2026-11-13 00:00"), "2026-11-20 00:00");
  EXPECT_EQ(next("0 0 24 * FRI", "2026-11-22 00:00"), "2026-11-24 00:00");
  EXPECT_EQ(next("0 0 13 * *", "2026-11-13 00:00"), "2026-12-13 00:00");
  EXPECT_EQ(next("0 0 * * FRI", "2026-11-13 00:00"), "2026-11-20 00:00");
  EXPECT_EQ(next("0 0 30 2 MON", "2026-11-22 00:00"), "2027-02-01 00:00");
  // A step restricts: only a bare star does not.
  EXPECT_EQ(next("0 0 */10 * FRI", "2026-11-22 00:00"), "2026-11-27 00:00");
  EXPECT_EQ(next("0 0 */10 * FRI", "2026-11-27 00:00"), "2026-12-01 00:00");
}

TEST(Schedule, KeepsItsText) {
  EXPECT_EQ(Schedule(" 0 3 * * MON ").text(), "0 3 * * MON");
  EXPECT_EQ(Schedule("@daily").text(), "@daily");
}

TEST(Schedule, SaysWhichFieldIsWrong) {
  struct Row {
    const char *expression, *why;
  };
  const std::vector<Row> rows{
      {"", "it is empty"},
      {" \t ", "it is empty"},
      {"@reboot", "there is no such name"},
      {"@", "there is no such name"},
      {"@daily 3", "there is no such name"},
      {"0", "it has 1 field, and five are needed"},
      {"0 3 * *", "it has 4 fields, and five are needed"},
      {"0 0 3 * * *", "it has 6 fields, and five are needed"},
      {"60 * * * *", "its minute '60' is not 0 to 59"},
      {"-1 * * * *", "its minute '-1' is not 0 to 59"},
      {"+1 * * * *", "its minute '+1' is not 0 to 59"},
      {"1.5 * * * *", "its minute '1.5' is not 0 to 59"},
      {"99999999999999999999 * * * *", "is not 0 to 59"},
      {"* 24 * * *", "its hour '24' is not 0 to 23"},
      {"* * 0 * *", "its day of month '0' is not 1 to 31"},
      {"* * 32 * *", "its day of month '32' is not 1 to 31"},
      {"* * MON * *", "its day of month 'MON' is not 1 to 31"},
      {"* * * 13 *", "its month '13' is not 1 to 12 or JAN to DEC"},
      {"* * * 0 *", "its month '0' is not 1 to 12"},
      {"* * * JANUARY *", "its month 'JANUARY' is not 1 to 12"},
      {"* * * * 8", "its day of week '8' is not 0 to 7 or SUN to SAT"},
      {"* * * * SO", "its day of week 'SO' is not"},
      {"5-1 * * * *", "its minute '5-1' ends before it begins"},
      {"* * * * FRI-MON", "its day of week 'FRI-MON' ends before it begins"},
      {"* * * * 5-0", "its day of week '5-0' ends before it begins"},
      {"1- * * * *", "its minute '1-' is not"},
      {"1-2-3 * * * *", "its minute '1-2-3' is not"},
      {"*-5 * * * *", "its minute '*-5' is not"},
      {"1,,2 * * * *", "its minute '' is not"},
      {",1 * * * *", "its minute '' is not"},
      {"1, * * * *", "its minute '' is not"},
      {"*/0 * * * *", "its minute '*/0' has a step that is not 1 to 59"},
      {"*/90 * * * *", "its minute '*/90' has a step that is not 1 to 59"},
      {"*/ * * * *", "its minute '*/' has a step that is not 1 to 59"},
      {"*/5/5 * * * *", "its minute '*/5/5' has a step that is not 1 to 59"},
      {"5/15 * * * *", "its minute '5/15' is a step that needs '*' or a range"},
      {"** * * * *", "its minute '**' is not"},
      {"? * * * *", "its minute '?' is not"},
      {"0 0 L * *", "its day of month 'L' is not"},
      {"0 0 * * 5#2", "its day of week '5#2' is not"},
      {"0 3 * * *\n", "is not a schedule"},
  };
  for (const auto& row : rows) {
    const auto said = refusal(row.expression);
    EXPECT_NE(said.find(row.why), std::string::npos) << row.expression << ": " << said;
  }
}

TEST(Schedule, RefusesWhatIsNeverDue) {
  for (const auto* never : {"0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 30-31 FEB *", "0 0 31 2-2 *"}) {
    EXPECT_NE(refusal(never).find("no month that it names has such a day"), std::string::npos)
        << never;
  }
  for (const auto* sometimes : {"0 0 29 2 *", "0 0 31 4,5 *", "0 0 30 2 MON", "0 0 29-31 FEB *"}) {
    EXPECT_EQ(refusal(sometimes), "(accepted)") << sometimes;
  }
}

/// Whether a moment is due, by the fields' meaning and nothing of the search.
struct Plain {
  std::vector<int> minute, hour, day, month, weekday;  // empty: any

  static bool has(const std::vector<int>& all, int one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  }
  bool due(SystemTime moment) const {
    const auto date = std::chrono::floor<days>(moment);
    const std::chrono::year_month_day ymd{date};
    const auto of_day = std::chrono::floor<minutes>(moment - date).count();
    const auto allows = [](const auto& all, int one) { return all.empty() || has(all, one); };
    const bool by_day = has(day, static_cast<int>(unsigned{ymd.day()}));
    const bool by_weekday = has(weekday, static_cast<int>(std::chrono::weekday{date}.c_encoding()));
    const bool day_fits = day.empty() && weekday.empty() ? true
                          : day.empty()                  ? by_weekday
                          : weekday.empty()              ? by_day
                                                         : by_day || by_weekday;
    return day_fits && allows(minute, static_cast<int>(of_day % 60)) &&
           allows(hour, static_cast<int>(of_day / 60)) &&
           allows(month, static_cast<int>(unsigned{ymd.month()}));
  }
};

class Dice {
 public:
  int between(int least, int most) {
    return least + static_cast<int>(engine_() % static_cast<unsigned>(most - least + 1));
  }
  /// A field as values and as text; a star once in `star` times.
  std::string field(int least, int most, int star, std::vector<int>& values) {
    if (between(1, star) > 1) return "*";
    std::string written;
    for (int i = between(1, 3); i > 0; --i) {
      const int first = between(least, most), last = between(first, most);
      const int step = between(1, most);
      const bool range = between(0, 1) == 1;
      for (int v = first; v <= (range ? last : first); v += range ? step : 1) values.push_back(v);
      written += written.empty() ? "" : ",";
      written += std::to_string(first);
      if (range) written += "-" + std::to_string(last) + "/" + std::to_string(step);
    }
    return written;
  }

 private:
  std::mt19937 engine_{20261122};
};

TEST(Schedule, MeetsEveryDueMinuteOfItsDaysAndNoOther) {
  Dice dice;
  for (int i = 0; i < 300; ++i) {
    Plain plain;
    const auto written = dice.field(0, 59, 2, plain.minute) + " " +
                         dice.field(0, 23, 2, plain.hour) + " " + dice.field(1, 28, 2, plain.day) +
                         " " + dice.field(1, 12, 2, plain.month) + " " +
                         dice.field(0, 6, 2, plain.weekday);
    SCOPED_TRACE(written);
    const Schedule schedule(written);
    const auto begin = at("2027-12-30 00:00") + minutes{dice.between(0, 200'000)};
    auto expected = begin;
    for (auto minute = begin; minute <= begin + days{2}; minute += minutes{1}) {
      if (!plain.due(minute)) continue;
      if (minute > begin) {
        ASSERT_EQ(text(schedule.next_after(expected)), text(minute));
      }
      ASSERT_EQ(schedule.last_until(minute), minute);
      expected = minute;
    }
    ASSERT_GT(schedule.next_after(expected), begin + days{2});
  }
}

TEST(Schedule, GoesBackToWhereItCameFrom) {
  Dice dice;
  for (int i = 0; i < 300; ++i) {
    Plain unused;
    const auto written =
        dice.field(0, 59, 2, unused.minute) + " " + dice.field(0, 23, 2, unused.hour) + " " +
        dice.field(1, 28, 2, unused.day) + " " + dice.field(1, 12, 2, unused.month) + " " +
        dice.field(0, 7, 2, unused.weekday);
    SCOPED_TRACE(written);
    const Schedule schedule(written);
    const auto moment = at("2026-11-22 03:00") + milliseconds{dice.between(0, INT32_MAX)} * 40;
    const auto before = schedule.last_until(moment);
    const auto after = schedule.next_after(moment);
    ASSERT_LE(before, moment);
    ASSERT_GT(after, moment);
    ASSERT_EQ(schedule.next_after(before), after);
    ASSERT_EQ(schedule.last_until(after), after);
    ASSERT_EQ(schedule.last_until(after - milliseconds{1}), before);
  }
}

}  // namespace
}  // namespace tidegate
