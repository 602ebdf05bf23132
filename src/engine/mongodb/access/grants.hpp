#pragma once

/// Statements for mongosh that create exactly the users of one database's flow.

#include <string>

#include "engine/engine.hpp"

namespace tidegate::engine::mongodb {

/// One `db.getSiblingDB("admin").createUser({…})` a user, each with a comment above it: the
/// producer (reads production, fills the snapshot), a preview's own user (reads the snapshot, fills
/// its own database), and one for each named target. No wildcards: every database is named.
/// Arguments are strict JSON, but for `passwordPrompt()`.
std::string grants(const engine::GrantRequest& request);

}  // namespace tidegate::engine::mongodb
