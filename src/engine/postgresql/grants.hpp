#pragma once

/// Statements for psql that create exactly the users of one database's flow.

#include <string>

#include "engine/engine.hpp"

namespace tidegate::engine::postgresql {

/// For a superuser, in any database; may be run again. No password in them: `\password` asks.
/// The producer reads production and, where there is a snapshot database, makes and owns it; with
/// archives only, it reads. One user fills previews, another each named target: they make
/// databases and own those that they made, and read no table of production. Whoever fills from a
/// snapshot database needs no right on it, since a template may be copied by any who may make
/// databases.
std::string grants(const engine::GrantRequest& request);

}  // namespace tidegate::engine::postgresql
