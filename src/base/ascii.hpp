#pragma once

/// Character functions for ASCII that do not depend on the locale. Names, units and keys are
/// compared with them.

namespace tidegate {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// @returns the lower-case letter for an ASCII capital, and any other byte unchanged.
constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace tidegate
