#pragma once

/// engine/postgresql: PostgreSQL 13 to 18 over libpq, pg_dump and pg_restore. Only this module
/// includes libpq and runs its programs.

#include "engine/engine.hpp"

namespace tidegate::engine::postgresql {

Kind kind();

}  // namespace tidegate::engine::postgresql
