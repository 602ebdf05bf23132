#pragma once

/// Statements for psql that let a role read a database.

#include <string>

#include "model/names.hpp"
#include "model/plan.hpp"

namespace tidegate::engine::postgresql {

/// As PQescapeIdentifier and PQescapeLiteral would quote them, which take a connection.
std::string quoted_name(const std::string& name);
std::string quoted_text(const std::string& text);

/// An expression over a name, true for what `selection` takes; the same rules as select(). Pure.
std::string taken_condition(const Selection& selection, const std::string& name);

/// For an administrator who is a member of the tables' owners or can make himself one, which the
/// statements do for as long as they run. pg_read_all_data where all is read and he may grant it,
/// else table by table; BYPASSRLS where tables need it and he may give it. They end with a list of
/// what could not be granted.
std::string reading_grants(const std::string& role, const DatabaseName& database,
                           const Selection& selection);

}  // namespace tidegate::engine::postgresql
