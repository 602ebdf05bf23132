#pragma once

/// web: what the daemon says of itself over HTTP.

#include <functional>
#include <string>
#include <vector>

#include "http/server.hpp"
#include "web/metrics.hpp"

namespace tidegate::web {

/// One thing that is or is not as it should be.
struct Condition {
  std::string name;  ///< `atlas: last snapshot`
  bool good = true;
  std::string says;  ///< for people; no secret
};

/// What is asked at each request; called from the server's threads.
struct Health {
  std::function<std::vector<Condition>()> alive;  ///< of /healthz: the process does its work
  std::function<std::vector<Condition>()> ready;  ///< of /readyz: what it serves is as it should be
  std::function<std::vector<Gauge>()> metrics = [] {
    return std::vector<Gauge>();
  };  ///< of /metrics
};

/// `/healthz` and `/readyz`: 200 or 503, a line for each condition, or JSON where that is accepted.
/// `/metrics`: the same in numbers, for Prometheus.
http::Handler health_pages(Health health);

}  // namespace tidegate::web
