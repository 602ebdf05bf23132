#pragma once

/// Which database a PostgreSQL connection string names.

#include <optional>
#include <string>
#include <string_view>

namespace tidegate::config {

/// Whether it begins like one: `postgresql://…`, `postgres://…`, or `keyword=value …`.
bool is_postgresql_uri(std::string_view uri);

/// The database in its path or its `dbname` (which wins), percent-decoded: as libpq reads it
/// ("Connection Strings", libpq 34.1.1). @returns nothing where it names none or is malformed.
std::optional<std::string> database_in(std::string_view uri);

}  // namespace tidegate::config
