#pragma once

/// Asking a daemon how it does, as a container's health check.

#include <cstdint>
#include <string>
#include <vector>

#include "base/run.hpp"
#include "web/health.hpp"

namespace tidegate::web {

/// What the daemon that listens there says of itself on /readyz.
/// @throws Error unreachable: nobody answers there; remote: who answers is no tidegate.
std::vector<Condition> ask_health(Run& run, const std::string& address, std::uint16_t port);

}  // namespace tidegate::web
