#include "base/bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <limits>

#include "base/ascii.hpp"

namespace tidegate {
namespace {

struct SizeUnit {
  std::string_view name;  // lower case
  double size;
};

constexpr std::array<SizeUnit, 10> k_size_units{{{"", 1.0},
                                                 {"b", 1.0},
                                                 {"kb", 1e3},
                                                 {"mb", 1e6},
                                                 {"gb", 1e9},
                                                 {"tb", 1e12},
                                                 {"kib", 1024.0},
                                                 {"mib", 1048576.0},
                                                 {"gib", 1073741824.0},
                                                 {"tib", 1099511627776.0}}};

std::optional<double> unit_size(std::string_view text) {
  std::string folded(text);
  std::transform(folded.begin(), folded.end(), folded.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const auto& unit : k_size_units) {
    if (unit.name == folded) return unit.size;
  }
  return std::nullopt;
}

// Length of the number (`12`, `12.5`) at the beginning of the text; 0 when there is no number.
std::size_t number_length(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end == 0 || end == text.size() || text[end] != '.') return end;
  std::size_t fraction_end = end + 1;
  while (fraction_end < text.size() && is_digit(text[fraction_end])) ++fraction_end;
  return fraction_end == end + 1 ? 0 : fraction_end;
}

// Does not use strtod, which depends on the locale. Whole numbers stay exact.
std::optional<std::int64_t> multiply(std::string_view number, double unit) {
  constexpr auto k_most = std::numeric_limits<std::int64_t>::max();
  const auto factor = static_cast<std::int64_t>(unit);
  const auto point = number.find('.');
  std::int64_t whole = 0;
  for (const char c : number.substr(0, point)) {
    if (whole > (k_most - (c - '0')) / 10) return std::nullopt;
    whole = whole * 10 + (c - '0');
  }
  if (whole > k_most / factor) return std::nullopt;
  double fraction = 0.0;
  if (point != std::string_view::npos) {
    double place = 0.1;
    for (const char c : number.substr(point + 1)) {
      fraction += (c - '0') * place;
      place /= 10.0;
    }
  }
  const auto rest = static_cast<std::int64_t>(std::llround(fraction * unit));
  if (rest > k_most - whole * factor) return std::nullopt;
  return whole * factor + rest;
}

}  // namespace

std::optional<Bytes> parse_bytes(std::string_view text) {
  const auto length = number_length(text);
  if (length == 0) return std::nullopt;
  auto unit = text.substr(length);
  if (unit.size() > 1 && unit.front() == ' ') unit.remove_prefix(1);
  const auto size = unit_size(unit);
  if (!size) return std::nullopt;
  const auto count = multiply(text.substr(0, length), *size);
  if (!count) return std::nullopt;
  return Bytes{*count};
}

std::string to_text(Bytes bytes) {
  static constexpr std::array<const char*, 6> k_names{"kB", "MB", "GB", "TB", "PB", "EB"};
  const bool negative = bytes.count < 0;
  double value = std::abs(static_cast<double>(bytes.count));
  if (value < 1000.0) return fmt::format("{} B", bytes.count);
  std::size_t unit = 0;
  value /= 1000.0;
  // 999.5 and above would round to a fourth digit.
  while (value >= 999.5 && unit + 1 < k_names.size()) {
    value /= 1000.0;
    ++unit;
  }
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  auto number = fmt::format("{:.{}f}", value, decimals);
  if (decimals > 0) {
    number.erase(number.find_last_not_of('0') + 1);
    if (number.back() == '.') number.pop_back();
  }
  return fmt::format("{}{} {}", negative ? "-" : "", number, k_names[unit]);
}

std::string group_digits(std::int64_t number) {
  auto text = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > first + 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string counted(std::int64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", group_digits(number), noun, number == 1 ? "" : "s");
}

}  // namespace tidegate
