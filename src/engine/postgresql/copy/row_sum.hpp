#pragma once

/// The sum of rows, in any order.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace tidegate::engine::postgresql {

/// Adds up the 128-bit XXH3 of each row modulo 2^128: equal rows in any order, and in any division
/// into parts, give equal sums. It finds damage and mistakes; it is no defence against rows that
/// were made to collide.
class RowSum {
 public:
  /// A row in COPY's text form, its line end included, which counts to bytes() as well.
  void add(std::string_view row);
  /// A text that stands for a number of rows, with a number of bytes.
  void add(std::string_view text, std::int64_t rows, Bytes bytes);
  void add(const RowSum& part);

  std::int64_t rows() const { return rows_; }
  Bytes bytes() const { return bytes_; }
  /// The beginning of text(): by it a sum is told from those of other algorithms.
  static constexpr std::string_view k_form = "xxh3:";
  /// k_form and 32 hex digits.
  std::string text() const;

 private:
  std::uint64_t low_ = 0, high_ = 0;
  std::int64_t rows_ = 0;
  Bytes bytes_;
};

}  // namespace tidegate::engine::postgresql
