#pragma once

/// Statements for psql that create exactly the users of one database's flow.

#include <string>

#include "engine/engine.hpp"

namespace tidegate::engine::postgresql {

/// For an administrator with CREATEROLE and CREATEDB, as managed clouds have it, in any database;
/// may be run again. Says no attribute that a superuser alone may give. No password: `\password`
/// asks. The producer reads production (see reading_grants()) and, where there is a snapshot
/// database or it restores archives for a test, makes databases. One user fills previews, another
/// each named target: they make databases and own those that they made, and read no table of
/// production. Those who make databases are members of `owner`. Whoever fills from a snapshot
/// database needs no right on it, since a template may be copied by any who may make databases.
std::string grants(const engine::GrantRequest& request);

}  // namespace tidegate::engine::postgresql
