#pragma once

/// A checksum of rows that does not depend on their order.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace tidegate::engine::postgresql {

/// Adds up the 128-bit XXH3 of each row modulo 2^128: equal rows in any order, and in any division
/// into parts, give equal sums. It finds damage and mistakes. It does not protect against rows that
/// were made to collide.
class RowSum {
 public:
  /// A row in COPY's text form with its line end, which counts in bytes() too.
  void add(std::string_view row);
  /// A text that represents a number of rows, with a number of bytes.
  void add(std::string_view text, std::int64_t rows, Bytes bytes);
  void add(const RowSum& part);

  std::int64_t rows() const { return rows_; }
  Bytes bytes() const { return bytes_; }
  /// The beginning of text(); it distinguishes this sum from those of other algorithms.
  static constexpr std::string_view k_form = "xxh3:";
  /// k_form and 32 hex digits.
  std::string text() const;

 private:
  std::uint64_t low_ = 0, high_ = 0;
  std::int64_t rows_ = 0;
  Bytes bytes_;
};

}  // namespace tidegate::engine::postgresql
