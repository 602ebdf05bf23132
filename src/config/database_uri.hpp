#pragma once

/// The parts of a connection string that are needed: the database that it names, and a password.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::config {

/// Whether it begins like one: `postgresql://…`, `postgres://…`, or `keyword=value …`.
bool is_postgresql_uri(std::string_view uri);

/// Whether an '@' stands in a URL where libpq expects none: behind the one that ends user and
/// password, but for values such as `?password=a@b`. Then a mark in the user name or password
/// should have been encoded, and what looks like a database is a piece of the password.
bool has_stray_at(std::string_view uri);

/// The database in its path or its `dbname` (which wins), percent-decoded: as libpq reads it
/// ("Connection Strings", libpq 34.1.1). @returns nothing where it names none or is malformed.
std::optional<std::string> database_in(std::string_view uri);

/// The passwords in it, of MongoDB as of PostgreSQL: behind the user's name, and in parameters such
/// as `sslpassword`. As they are written, but for keywords' quotes and backslashes.
std::vector<std::string> passwords_in(std::string_view uri);

}  // namespace tidegate::config
