#include "engine/postgresql/copy/row_sum.hpp"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tidegate::engine::postgresql {
namespace {

void add_to(std::uint64_t& low, std::uint64_t& high, std::uint64_t more_low,
            std::uint64_t more_high) {
  low += more_low;
  high += more_high + (low < more_low ? 1 : 0);
}

}  // namespace

void RowSum::add(std::string_view row) {
  add(row, 1, Bytes{static_cast<std::int64_t>(row.size())});
}

void RowSum::add(std::string_view text, std::int64_t rows, Bytes bytes) {
  const auto hash = XXH3_128bits(text.data(), text.size());
  add_to(low_, high_, hash.low64, hash.high64);
  rows_ += rows;
  bytes_ += bytes;
}

void RowSum::add(const RowSum& part) {
  add_to(low_, high_, part.low_, part.high_);
  rows_ += part.rows_;
  bytes_ += part.bytes_;
}

std::string RowSum::text() const { return fmt::format("{}{:016x}{:016x}", k_form, high_, low_); }

}  // namespace tidegate::engine::postgresql
