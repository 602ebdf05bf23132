#pragma once

/// What archives are called.

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace tidegate::archive {

/// A database's configured name as it stands in names of files: percent-encoded outside
/// `[A-Za-z0-9._-]`.
std::string encoded(std::string_view database);
/// `<name>-<YYYYMMDD>T<HHMMSS>Z.dump`, the name encoded.
std::string archive_name(std::string_view database, SystemTime taken);
/// `.dump` → `.json`, beside it. Of an archive's name only.
std::string sidecar_name(std::string_view archive);

/// A name read back, exactly of the form. `database` is decoded.
struct ParsedName {
  std::string database;
  SystemTime taken;
};
std::optional<ParsedName> parse_archive_name(std::string_view name);

}  // namespace tidegate::archive
