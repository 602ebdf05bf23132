#pragma once

/// A number of bytes, and its text forms.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidegate {

struct Bytes {
  std::int64_t count = 0;

  friend constexpr auto operator<=>(const Bytes&, const Bytes&) = default;
  constexpr Bytes& operator+=(Bytes other) {
    count += other.count;
    return *this;
  }
  friend constexpr Bytes operator+(Bytes a, Bytes b) { return {a.count + b.count}; }
  friend constexpr Bytes operator-(Bytes a, Bytes b) { return {a.count - b.count}; }
};

/// Reads `64MiB`, `1.5 GB`, `512` (bytes). Units: B, kB/MB/GB/TB (decimal), KiB/MiB/GiB/TiB
/// (binary), any case.
/// @returns nothing when the text is not a size, is negative, or does not fit.
std::optional<Bytes> parse_bytes(std::string_view text);

/// For people, in decimal units with at most three significant digits: `812 GB`, `20.1 GB`, `17 B`.
std::string to_text(Bytes bytes);

/// Separates thousands: `1234567` → `1,234,567`.
std::string group_digits(std::int64_t number);

/// A number with its noun in singular or plural: `1 collection`, `1,204 documents`.
std::string counted(std::int64_t number, std::string_view noun);

}  // namespace tidegate
