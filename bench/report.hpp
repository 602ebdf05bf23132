#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tidegate::bench {

/// One way to do it, with the seconds of each repetition.
struct Measured {
  std::string way;
  std::vector<double> seconds;
  std::string note;        ///< why it was not measured
  std::int64_t bytes = 0;  ///< of what it makes, where that is of interest
};

struct Report {
  std::string what = "fill a target";
  std::string server;
  std::int64_t bytes = 0, documents = 0;
  std::vector<Measured> ways;   ///< the first is tidegate's
  std::vector<Measured> extra;  ///< not compared: the snapshot, a second restore
  std::int64_t peak_rss_bytes = 0;
  double cpu_seconds = 0;  ///< tidegate's own, of its fastest run
};

nlohmann::ordered_json to_json(const Report& report);
void print_table(const Report& report);

}  // namespace tidegate::bench
