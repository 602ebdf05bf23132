#pragma once

/// Names of archives and their sidecars.

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace tidegate::archive {

/// A database's configured name as used in file names: percent-encoded outside `[A-Za-z0-9._-]`.
std::string encoded(std::string_view database);
/// `<name>-<YYYYMMDD>T<HHMMSS>Z.dump`, with the encoded name.
std::string archive_name(std::string_view database, SystemTime taken);
/// Replaces `.dump` by `.json`. `archive` must be an archive's name.
std::string sidecar_name(std::string_view archive);

/// The parts of an archive name. `database` is decoded. Parsing accepts exactly the form of
/// archive_name().
struct ParsedName {
  std::string database;
  SystemTime taken;
};
std::optional<ParsedName> parse_archive_name(std::string_view name);

}  // namespace tidegate::archive
