#pragma once

/// How the daemon does, in numbers.

#include <vector>

#include "daemon/task.hpp"
#include "web/metrics.hpp"

namespace tidegate::daemon {

/// For each job by `database` and `what`: failed tries in a row, whether it was given up,
/// whether the last was done with trouble left, when it comes next, since when it is at work; of
/// snapshots when the newest was begun, and how old it may become. What is not known is left out.
std::vector<web::Gauge> gauges(const std::vector<Report>& reports);

}  // namespace tidegate::daemon
