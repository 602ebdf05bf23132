#pragma once

/// The daemon's part in pull requests: a webhook's wish at once, all of them every so often.

#include <memory>

#include "base/clock.hpp"
#include "http/server.hpp"
#include "web/health.hpp"

namespace tidegate::cli {

class Session;

/// At work as long as it lives, by the configuration that was there at the start.
class ServedPulls {
 public:
  virtual ~ServedPulls() = default;
  /// Webhooks are taken where there are secrets for them; what they cannot be goes to `others`.
  virtual http::Handler page(http::Handler others) = 0;
  /// The largest body that page() is to see.
  virtual std::size_t largest_body() const = 0;
  /// `health`, and how the looks at all pull requests do.
  virtual web::Health health(web::Health health) const = 0;
};

/// Null where no code host is configured, or no previews. `session` outlives it.
/// @throws Error config: repository, credential or queue.
std::unique_ptr<ServedPulls> serve_pulls(Session& session);

}  // namespace tidegate::cli
