#pragma once

/// The work of the daemon for the databases of a configuration.

#include <map>
#include <string>
#include <vector>

#include "app/services.hpp"
#include "base/run.hpp"
#include "daemon/job.hpp"
#include "model/plan.hpp"

namespace tidegate::app {

using Jobs = std::map<std::string, std::vector<daemon::Job>>;

/// One database that the daemon serves, and the configuration read for it.
struct ServedDatabase {
  SnapshotPlan plan;
  std::optional<Schedule> snapshot, drill;
  bool on_start = false;
  std::optional<Endpoint> drill_place = {};  ///< there with `drill`: where archives are restored
};

/// Every database that is enabled and has a schedule. Connects to nothing, but every value that
/// will be needed is resolved, and every connection string read.
/// @throws Error config: all mistakes, of all databases.
std::vector<ServedDatabase> served_databases(const Services& services,
                                             const config::Config& config);

/// Whether each place for archives can be written. One that does not answer now is a warning in the
/// log: it is not needed yet. @throws Error permission, config, and others that do not go
/// away by waiting.
void check_places(const Services& services, Run& run, const std::vector<ServedDatabase>& served);

/// Warns of servers that do not answer or refuse the sign-in; due work is tried all the same.
/// Returns early when a stop is requested.
void warn_of_servers(const Services& services, const std::vector<ServedDatabase>& served);

/// `services` outlives the jobs; each run of one makes its own connections.
Jobs jobs_of(Services& services, const std::vector<ServedDatabase>& served);

}  // namespace tidegate::app
