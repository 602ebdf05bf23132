#include "bench/report.hpp"

#include <algorithm>
#include <cstdio>

namespace tidegate::bench {
namespace {

double fastest(const Measured& measured) {
  return *std::min_element(measured.seconds.begin(), measured.seconds.end());
}

double median(const Measured& measured) {
  auto sorted = measured.seconds;
  std::sort(sorted.begin(), sorted.end());
  const auto middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double rate(const Report& report, const Measured& measured) {
  return static_cast<double>(report.bytes) / 1e6 / median(measured);
}

void print_row(const Report& report, const Measured& measured, bool compared) {
  if (measured.seconds.empty()) {
    std::printf("  %-52s %s\n", measured.way.c_str(), measured.note.c_str());
    return;
  }
  std::printf("  %-52s %8.2f %8.2f", measured.way.c_str(), fastest(measured), median(measured));
  if (compared) {
    std::printf(" %7.1f %8.2f", rate(report, measured),
                median(measured) / median(report.ways.front()));
  }
  if (measured.bytes != 0) std::printf(" %9.1f MB", static_cast<double>(measured.bytes) / 1e6);
  std::printf("\n");
}

}  // namespace

nlohmann::ordered_json to_json(const Report& report) {
  nlohmann::ordered_json json = {
      {"server", report.server}, {"bytes", report.bytes}, {"documents", report.documents}};
  const auto add = [&](const char* list, const Measured& measured, bool compared) {
    nlohmann::ordered_json row = {{"way", measured.way}};
    if (measured.seconds.empty()) {
      row["skipped"] = measured.note;
    } else {
      row["seconds"] = measured.seconds;
      row["min"] = fastest(measured);
      row["median"] = median(measured);
      if (measured.bytes != 0) row["bytes"] = measured.bytes;
      if (compared) {
        row["mb_per_second"] = rate(report, measured);
        row["ratio_to_tidegate"] = median(measured) / median(report.ways.front());
      }
    }
    json[list].push_back(row);
  };
  for (const auto& measured : report.ways) add("ways", measured, true);
  for (const auto& measured : report.extra) add("extra", measured, false);
  json["tidegate"] = {{"peak_rss_bytes", report.peak_rss_bytes},
                      {"cpu_seconds", report.cpu_seconds},
                      {"cpu_share", report.cpu_seconds / fastest(report.ways.front())}};
  return json;
}

void print_table(const Report& report) {
  std::printf("%s   %lld documents   %.1f MB\n", report.server.c_str(),
              static_cast<long long>(report.documents), static_cast<double>(report.bytes) / 1e6);
  std::printf("  %-52s %8s %8s %7s %8s\n", report.what.c_str(), "min s", "median s", "MB/s",
              "ratio");
  for (const auto& measured : report.ways) print_row(report, measured, true);
  if (!report.extra.empty()) std::printf("\n");
  for (const auto& measured : report.extra) print_row(report, measured, false);
  std::printf(
      "\n  tidegate: %.1f MB of memory at most, %.2f s of its own CPU (%.1f %% of the run)\n",
      static_cast<double>(report.peak_rss_bytes) / 1e6, report.cpu_seconds,
      100 * report.cpu_seconds / fastest(report.ways.front()));
}

}  // namespace tidegate::bench
