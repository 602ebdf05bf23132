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

/// Gives `to` these settings (ALTER DATABASE SET, ALTER ROLE IN DATABASE SET), the grants of
/// `from`, and as owner `owner`, or the owner of `from` where that is empty. A warning names each
/// item that this user may not give; it is left out.
/// @returns the settings that were left out. @throws Error permission or remote: `owner` cannot be
/// made the owner.
std::vector<SchemaException> carry_settings(Run& run, SqlSession& session,
                                            const std::vector<DatabaseSetting>& settings,
                                            const DatabaseName& from, const DatabaseName& to,
                                            const std::string& owner);

}  // namespace tidegate::engine::postgresql
