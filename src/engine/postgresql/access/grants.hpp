#pragma once

/// Statements for psql that create exactly the users that one database's flow needs.

#include <string>

#include "engine/engine.hpp"

namespace tidegate::engine::postgresql {

/// For an administrator with CREATEROLE and CREATEDB, as managed clouds offer; they can run in any
/// database, and again. They set no attribute that only a superuser may give, and no password:
/// `\password` asks for it.
///
/// The producer reads production (see reading_grants()). It creates databases where there is a
/// snapshot database, or where it restores archives for a test. One user fills previews; each named
/// target has another user. These users create databases, own those that they created, and read no
/// table of production. Every user that creates databases is a member of `owner`. A user that fills
/// from a snapshot database needs no right on it: any user with CREATEDB may copy a template.
std::string grants(const engine::GrantRequest& request);

}  // namespace tidegate::engine::postgresql
