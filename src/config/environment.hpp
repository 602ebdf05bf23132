#pragma once

/// Where there is no file, the environment alone serves one PostgreSQL database: SNAPSHOT_ENABLED,
/// SNAPSHOT_TIME, SNAPSHOT_RETENTION, SNAPSHOT_DIR, SNAPSHOT_TIMEOUT, DATABASE_URL.

#include <vector>

#include "config/config.hpp"
#include "config/document.hpp"

namespace tidegate::config {

/// Whether the environment asks for that: SNAPSHOT_ENABLED is there, or DATABASE_URL has a value.
bool serves_alone(const Environment& environment);

/// Fills `parts` as a file with one database would, named like the one in DATABASE_URL. Where
/// SNAPSHOT_ENABLED is off, mistakes in the other variables are no problems, but leave no database;
/// `parts.off` is set. Problems name the variable, never the content of DATABASE_URL.
void read_environment(Config::Parts& parts, std::vector<Problem>& problems);

}  // namespace tidegate::config
