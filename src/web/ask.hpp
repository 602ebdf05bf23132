#pragma once

/// Reads a daemon's health, for a container's health check.

#include <cstdint>
#include <string>
#include <vector>

#include "base/run.hpp"
#include "web/health.hpp"

namespace tidegate::web {

/// The conditions that the daemon at this address reports on /readyz.
/// @throws Error unreachable: nothing answers there; remote: the answer does not come from
/// tidegate.
std::vector<Condition> ask_health(Run& run, const std::string& address, std::uint16_t port);

}  // namespace tidegate::web
