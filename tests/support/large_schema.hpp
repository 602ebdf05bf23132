#pragma once

/// A database of some hundred objects, the same each time: three applications' schemas (files in
/// support/schemas), and generated ones with every kind of object that PostgreSQL has.

#include <string>
#include <vector>

namespace tidegate::test {

/// SQL for the owner of a database, who need not be a superuser. `reader`: a role for grants and
/// policies.
std::vector<std::string> large_schema(int version, const std::string& reader);

/// The kinds that only a superuser can make, once the rest is there; `owner` of the database.
std::string superusers_schema(int version, const std::string& owner);

}  // namespace tidegate::test
