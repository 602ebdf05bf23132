#include "web/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace tidegate::web {
namespace {

prometheus::MetricFamily family_of(const Gauge& gauge) {
  prometheus::MetricFamily family{gauge.name, gauge.help, prometheus::MetricType::Gauge, {}};
  for (const auto& sample : gauge.samples) {
    auto& metric = family.metric.emplace_back();
    for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
    metric.gauge.value = sample.value;
  }
  return family;
}

}  // namespace

std::string metrics_text(const std::vector<Gauge>& gauges) {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& gauge : gauges) {
    if (!gauge.samples.empty()) families.push_back(family_of(gauge));
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace tidegate::web
