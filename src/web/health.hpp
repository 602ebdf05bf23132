#pragma once

/// web: the daemon's HTTP pages: health, metrics and webhooks.

#include <functional>
#include <string>
#include <vector>

#include "http/server.hpp"
#include "web/metrics.hpp"

namespace tidegate::web {

/// One checked condition.
struct Condition {
  std::string name;  ///< `atlas: last snapshot`
  bool good = true;
  std::string says;  ///< for people; contains no secret
};

/// Functions that are called for each request, from the server's threads.
struct Health {
  std::function<std::vector<Condition>()> alive;  ///< for /healthz: the process works
  std::function<std::vector<Condition>()> ready;  ///< for /readyz: its jobs are in order
  std::function<std::vector<Gauge>()> metrics = [] {
    return std::vector<Gauge>();
  };  ///< for /metrics
};

/// Serves `/healthz` and `/readyz` (status 200 or 503, one line per condition, or JSON when the
/// client accepts it) and `/metrics` (Prometheus text).
http::Handler health_pages(Health health);

}  // namespace tidegate::web
