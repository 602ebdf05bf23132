#pragma once

/// The daemon as a configuration describes it: jobs of databases, pull requests, pages.

#include <optional>
#include <vector>

#include "app/database_jobs.hpp"
#include "app/pull_service.hpp"
#include "daemon/daemon.hpp"

namespace tidegate::app {

/// The work that one configuration asks for.
struct Duties {
  std::vector<ServedDatabase> databases;
  std::optional<PullDuty> pulls;
};

/// Thread safe, but for set().
class DaemonService {
 public:
  /// `services` outlives it.
  DaemonService(Services& services, MakeProgress progress);

  /// The work that `config` asks for, checked as far as possible before any of it starts.
  /// @throws Error config: a mistake, or there can never be work and the configuration does not say
  /// `off`.
  Duties prepare(Run& run, const SharedConfig& config) const;
  /// Replaces all work; runs in progress go on.
  void set(Duties duties);
  /// Health pages, and the one that takes webhooks. The service outlives the result.
  http::Handler pages();

 private:
  Services& services_;
  MakeProgress progress_;
  daemon::Daemon daemon_;
  PullService pulls_;
};

}  // namespace tidegate::app
