#pragma once

/// Properties of a whole database that no dump has: settings and grants.

#include <string>
#include <vector>

#include "engine/postgresql/copy/definition.hpp"
#include "engine/postgresql/driver/session.hpp"
#include "model/names.hpp"

namespace tidegate::engine::postgresql {

/// The elements of a setting that is a list of names, as the server stores it: `"$user", public`.
std::vector<std::string> names_in_setting(const std::string& value);

/// Gives `to` these settings (ALTER DATABASE SET, ALTER ROLE IN DATABASE SET), grants and owner;
/// `owner`, where it is not empty, in place of that one. Each that this user may not give is
/// reported as a warning, and left out.
/// @returns the settings that were left out. @throws Error permission or remote: `owner` cannot be
/// made the owner.
std::vector<SchemaException> carry_settings(Run& run, SqlSession& session,
                                            const std::vector<DatabaseSetting>& settings,
                                            const std::optional<DatabaseRights>& rights,
                                            const DatabaseName& to, const std::string& owner);

}  // namespace tidegate::engine::postgresql
