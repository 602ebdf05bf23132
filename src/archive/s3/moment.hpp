#pragma once

/// Times in HTTP's format.

#include <optional>
#include <string>

#include "base/clock.hpp"

namespace tidegate::archive::s3 {

/// Parses `Sun, 22 Nov 2026 03:00:04 GMT` (RFC 9110, 5.6.7); no other form.
std::optional<SystemTime> parse_http_date(const std::string& text);

}  // namespace tidegate::archive::s3
