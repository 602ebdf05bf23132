#pragma once

/// Statements for psql that let a role read a database.

#include <string>

#include "model/names.hpp"
#include "model/plan.hpp"

namespace tidegate::engine::postgresql {

/// Quoted as PQescapeIdentifier and PQescapeLiteral do, which need a connection.
std::string quoted_name(const std::string& name);
std::string quoted_text(const std::string& text);

/// An SQL expression over a name that is true for what `selection` takes, by the rules of select().
/// Pure.
std::string taken_condition(const Selection& selection, const std::string& name);

/// For an administrator who is a member of the tables' owners, or who can become one: the
/// statements add these memberships while they run. They grant pg_read_all_data where all tables
/// are read and the administrator may grant it, else SELECT on each table; and BYPASSRLS where
/// tables need it and the administrator may give it. They end with a list of the rights that could
/// not be granted.
std::string reading_grants(const std::string& role, const DatabaseName& database,
                           const Selection& selection);

}  // namespace tidegate::engine::postgresql
