#pragma once

/// ASCII alone, whatever the locale: names, units and keys are compared by these.

namespace tidegate {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// @returns the lower-case letter of an ASCII capital, every other byte as it is.
constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace tidegate
