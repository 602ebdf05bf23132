#pragma once

/// How the daemon does, as health pages tell it.

#include <functional>
#include <vector>

#include "daemon/daemon.hpp"
#include "web/health.hpp"

namespace tidegate::daemon {

/// Whether what it looks after is as it should be. Not so: a job that has failed three times in a
/// row or was given up, one that was done with trouble left, and a newest one that is older than
/// its max_age, unless a new one is being taken. No secret: what errors say was made for people.
std::vector<web::Condition> conditions(const std::vector<Report>& reports, SystemTime now);

/// Of a daemon, which outlives it, and of what works beside it.
web::Health health_of(const Daemon& daemon, const Clock& clock, const Redactor& redactor,
                      std::function<std::vector<Report>()> others = {});

}  // namespace tidegate::daemon
