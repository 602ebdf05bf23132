#pragma once

/// Metrics for Prometheus, as served on `/metrics`.

#include <map>
#include <string>
#include <vector>

namespace tidegate::web {

/// One value for each set of labels. Times are seconds since 1970.
struct Gauge {
  struct Sample {
    std::map<std::string, std::string> labels;
    double value = 0;
  };
  std::string name;  ///< `tidegate_snapshot_timestamp_seconds`
  std::string help;
  std::vector<Sample> samples;
};

/// Prometheus' text format 0.0.4. Gauges without samples are left out.
std::string metrics_text(const std::vector<Gauge>& gauges);

}  // namespace tidegate::web
