#pragma once

/// Durations as users write and read them.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tidegate {

/// Reads `90s`, `30m`, `2h`, `1d`, `250ms`, and sums such as `1h30m`. A number without a unit is
/// refused, except `0`.
/// @returns nothing when the text is not a duration, is negative, or exceeds 100 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// A short, exact form that parse_duration() reads back: `90s`, `1h30m`, `8d`. Below 100 s it uses
/// one unit; above that, the sum of all units needed.
std::string to_config_text(std::chrono::milliseconds duration);

/// For people, two units at most: `38 ms`, `9.8 s`, `6 min 12 s`, `6 d 4 h`.
std::string to_text(std::chrono::milliseconds duration);

}  // namespace tidegate
