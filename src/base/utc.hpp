#pragma once

/// Points in time as text, always UTC.

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace tidegate {

std::string to_rfc3339(SystemTime time);  ///< `2026-11-22T03:00:04.123Z`, for JSON
std::string to_compact(SystemTime time);  ///< `20261122T030004`, for names
std::string to_minute(SystemTime time);   ///< `2026-11-22 03:00 UTC`, for people
std::string to_second(SystemTime time);   ///< `2026-11-22 03:00:04 UTC`, for people
std::string to_date(SystemTime time);     ///< `2026-11-22`

/// Reads the form of to_rfc3339(), with or without a fraction of one to nine digits (truncated to
/// milliseconds). It accepts no other form and no UTC offset.
std::optional<SystemTime> parse_rfc3339(std::string_view text);

}  // namespace tidegate
