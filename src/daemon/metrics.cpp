#include "daemon/metrics.hpp"

#include <functional>
#include <optional>

namespace tidegate::daemon {
namespace {

using Number = std::function<std::optional<double>(const Report&)>;

template <class Duration>
double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::optional<double> seconds_of(const std::optional<SystemTime>& time) {
  if (!time) return std::nullopt;
  return in_seconds(time->time_since_epoch());
}

std::optional<double> newest_snapshot(const Report& report) {
  return report.what == "snapshot" ? seconds_of(report.newest) : std::nullopt;
}

std::optional<double> most_age(const Report& report) {
  if (report.what != "snapshot" || !report.max_age) return std::nullopt;
  return in_seconds(*report.max_age);
}

web::Gauge gauge(std::string name, std::string help, const std::vector<Report>& reports,
                 const Number& number) {
  web::Gauge result{std::move(name), std::move(help), {}};
  for (const auto& report : reports) {
    const auto value = number(report);
    if (!value) continue;
    result.samples.push_back({{{"database", report.database}, {"what", report.what}}, *value});
  }
  return result;
}

}  // namespace

std::vector<web::Gauge> gauges(const std::vector<Report>& reports) {
  return {
      {"tidegate_build_info",
       "version of the running program",
       {{{{"version", TIDEGATE_VERSION}}, 1}}},
      gauge("tidegate_snapshot_timestamp_seconds", "start time of the newest snapshot", reports,
            newest_snapshot),
      gauge("tidegate_snapshot_max_age_seconds", "maximum age of the newest snapshot", reports,
            most_age),
      gauge("tidegate_next_timestamp_seconds", "next scheduled time", reports,
            [](const Report& report) { return seconds_of(report.next); }),
      gauge("tidegate_running_since_timestamp_seconds", "start time of the run in progress",
            reports, [](const Report& report) { return seconds_of(report.running_since); }),
      gauge("tidegate_failed_tries", "failed tries in a row; 0 after a success", reports,
            [](const Report& report) { return std::optional<double>(report.failures); }),
      gauge("tidegate_given_up", "1 when it is not retried before the next scheduled time", reports,
            [](const Report& report) { return std::optional<double>(report.given_up ? 1 : 0); }),
      gauge("tidegate_trouble", "1 when the last run succeeded but left a problem", reports,
            [](const Report& report) {
              return std::optional<double>(report.trouble.empty() ? 0 : 1);
            }),
  };
}

}  // namespace tidegate::daemon
