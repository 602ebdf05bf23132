#pragma once

/// What archives are called.

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace tidegate::archive {

/// `<name>-<YYYYMMDD>T<HHMMSS>Z.dump`; the database's name percent-encoded outside
/// `[A-Za-z0-9._-]`.
std::string archive_name(std::string_view database, SystemTime taken);
/// `.dump` → `.json`, beside it.
std::string sidecar_name(std::string_view archive);

/// A name read back, exactly of the form. `database` is decoded.
struct ParsedName {
  std::string database;
  SystemTime taken;
};
std::optional<ParsedName> parse_archive_name(std::string_view name);

}  // namespace tidegate::archive
