#pragma once

/// The daemon's state for health pages.

#include <functional>
#include <vector>

#include "daemon/daemon.hpp"
#include "web/health.hpp"

namespace tidegate::daemon {

/// One condition per job. A job is not good when it has failed three times in a row or was given
/// up, when its last run left a problem, or when its newest result is older than max_age and no new
/// one is in progress. Error texts contain no secrets.
std::vector<web::Condition> conditions(const std::vector<Report>& reports, SystemTime now);

/// The health of a daemon, which must outlive the result, and of other workers beside it.
web::Health health_of(const Daemon& daemon, const Clock& clock, const Redactor& redactor,
                      std::function<std::vector<Report>()> others = {});

}  // namespace tidegate::daemon
