#include "daemon/health.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/duration.hpp"
#include "base/utc.hpp"
#include "daemon/metrics.hpp"

namespace tidegate::daemon {
namespace {

constexpr int k_streak = 3;

bool is_stale(const Report& report, SystemTime now) {
  return report.max_age && report.newest && now - *report.newest > *report.max_age;
}

std::string newest_text(const Report& report, SystemTime now) {
  if (report.what == "drill") return {};
  if (!report.newest) return report.next ? "there is none yet" : "not checked yet";
  // With clocks that differ slightly, a result can begin in the future.
  const auto age = std::max(now - *report.newest, std::chrono::milliseconds{0});
  const auto text = fmt::format("the newest is {} old", to_text(age));
  if (!is_stale(report, now)) return text;
  return fmt::format("{}, more than {}", text, to_config_text(*report.max_age));
}

std::string tries_text(int failures) {
  return failures == 1 ? "once" : fmt::format("{} times in a row", failures);
}

std::string says(const Report& report, SystemTime now) {
  std::string text;
  const auto add = [&](const std::string& more) {
    if (!more.empty()) text += (text.empty() ? "" : ", ") + more;
  };
  if (report.failures > 0) {
    add(fmt::format("failed {}{}: {}", tries_text(report.failures),
                    report.given_up ? ", given up" : "", report.last_error));
  }
  add(report.trouble);
  add(newest_text(report, now));
  if (report.running_since) {
    add(fmt::format("at work since {}", to_second(*report.running_since)));
  } else if (report.next) {
    add("next " + to_minute(*report.next));
  }
  return text;
}

web::Condition condition(const Report& report, SystemTime now) {
  const bool failing = report.failures >= k_streak || report.given_up;
  const bool stale = is_stale(report, now) && !report.running_since;
  return {fmt::format("{} of '{}'", report.what, report.database),
          !failing && !stale && report.trouble.empty(), says(report, now)};
}

}  // namespace

std::vector<web::Condition> conditions(const std::vector<Report>& reports, SystemTime now) {
  std::vector<web::Condition> all;
  all.reserve(reports.size());
  for (const auto& report : reports) all.push_back(condition(report, now));
  return all;
}

web::Health health_of(const Daemon& daemon, const Clock& clock, const Redactor& redactor,
                      std::function<std::vector<Report>()> others) {
  const auto alive = [&daemon]() -> std::vector<web::Condition> {
    const bool good = daemon.alive();
    return {{"daemon", good, good ? "at work" : "a thread has made no progress for minutes"}};
  };
  const auto all_reports = [&daemon, others = std::move(others)] {
    auto reports = daemon.reports();
    if (!others) return reports;
    auto more = others();
    std::move(more.begin(), more.end(), std::back_inserter(reports));
    return reports;
  };
  const auto ready = [&clock, &redactor, alive, all_reports] {
    auto all = alive();
    const auto reports = all_reports();
    if (reports.empty()) all.push_back({"snapshots", true, "no job is scheduled"});
    for (auto& condition : conditions(reports, clock.now())) {
      condition.says = redactor.clean(condition.says);
      all.push_back(std::move(condition));
    }
    return all;
  };
  const auto metrics = [all_reports] { return gauges(all_reports()); };
  return {.alive = alive, .ready = ready, .metrics = metrics};
}

}  // namespace tidegate::daemon
