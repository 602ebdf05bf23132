#pragma once

/// The daemon's state as metrics.

#include <vector>

#include "daemon/task.hpp"
#include "web/metrics.hpp"

namespace tidegate::daemon {

/// For each job (labels `database` and `what`): failed tries in a row, whether it was given up,
/// whether the last run left a problem, the next scheduled time, and the start of the run in
/// progress. For snapshots also the start of the newest one and the maximum age. Unknown values are
/// left out.
std::vector<web::Gauge> gauges(const std::vector<Report>& reports);

}  // namespace tidegate::daemon
