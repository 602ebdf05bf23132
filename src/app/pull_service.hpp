#pragma once

/// The daemon's work for pull requests: one as soon as its webhook comes, all of them on a
/// schedule.

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/services.hpp"
#include "daemon/pulls.hpp"
#include "forge/webhook.hpp"
#include "http/server.hpp"
#include "journal/deliveries.hpp"

namespace tidegate::app {

/// Makes the progress of one run, with these fields in each of its records.
using MakeProgress = std::function<std::unique_ptr<Progress>(LogFields)>;

/// The work for pull requests that one configuration asks for.
struct PullDuty {
  forge::Receive receive;  ///< empty: no webhooks are taken, since there is no secret for them
  std::optional<std::string> queue;
  daemon::PullWork work;
};

/// Nothing where no code host is configured, or no previews. Connects to nothing. `services`
/// outlives it. @throws Error config: repository, credential, policy, templates.
std::optional<PullDuty> pull_duty(Services& services, SharedConfig config, MakeProgress progress);

/// Thread safe.
class PullService {
 public:
  /// Nothing is done before set(). `services` outlives it.
  explicit PullService(const Services& services) : services_(services) {}

  /// Replaces the duty. Running work goes on, unless `duty` is empty. The queue of the first duty
  /// stays in use. @throws Error config: the queue cannot be opened; the previous duty stays.
  void set(std::optional<PullDuty> duty);
  /// Takes webhooks where there are secrets for them; all other requests go to `others`.
  http::Handler page(http::Handler others);
  /// The health of the passes over all pull requests; empty where there is no such work.
  std::vector<daemon::Report> reports() const;

 private:
  http::Handler webhook();
  void wake();
  const Services& services_;
  mutable std::mutex mutex_;
  // All under mutex_.
  std::unique_ptr<journal::Deliveries> deliveries_;
  forge::Receive receive_;
  std::unique_ptr<daemon::Pulls> pulls_;
};

}  // namespace tidegate::app
