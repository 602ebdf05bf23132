#pragma once

/// The parts of a connection string that are needed: the database that it names, and a password.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::config {

/// Whether it begins like a connection string of PostgreSQL: `postgresql://…`, `postgres://…`, or
/// `keyword=value …`.
bool is_postgresql_uri(std::string_view uri);

/// Whether a URL has an '@' where libpq expects none: after the one that ends user and password,
/// except in values such as `?password=a@b`. Then a character of the user name or password should
/// have been encoded, and the text that looks like a database is a part of the password.
bool has_stray_at(std::string_view uri);

/// The database in its path or its `dbname` (which wins), percent-decoded: as libpq reads it
/// ("Connection Strings", libpq 34.1.1). @returns nothing where it names none or is malformed.
std::optional<std::string> database_in(std::string_view uri);

/// The passwords in it, for MongoDB and PostgreSQL: after the user's name, and in parameters such
/// as `sslpassword`. As written, but without the quotes and backslashes of keyword values.
std::vector<std::string> passwords_in(std::string_view uri);

}  // namespace tidegate::config
