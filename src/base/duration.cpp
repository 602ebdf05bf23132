#include "base/duration.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/ascii.hpp"

namespace tidegate {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

// Largest first: to_config_text() tries the units in this order, and a sum must use this order.
constexpr std::array<Unit, 5> k_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::int64_t k_longest = std::int64_t{100} * 365 * 86'400'000;
constexpr std::int64_t k_small = 100'000;

// Takes `<digits><unit>` off the front of `text`. The unit must come after `last` in k_units.
std::optional<std::int64_t> take_part(std::string_view& text, std::size_t& next_unit) {
  std::int64_t number = 0;
  std::size_t at = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    number = number * 10 + (text[at] - '0');
    if (number > k_longest) return std::nullopt;
  }
  if (at == 0) return std::nullopt;
  const auto unit_begin = at;
  while (at < text.size() && !is_digit(text[at])) ++at;
  const auto name = text.substr(unit_begin, at - unit_begin);
  text.remove_prefix(at);
  for (std::size_t i = next_unit; i < k_units.size(); ++i) {
    if (k_units[i].name != name) continue;
    next_unit = i + 1;
    if (number > k_longest / k_units[i].milliseconds) return std::nullopt;
    return number * k_units[i].milliseconds;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds{0};
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    const auto part = take_part(text, next_unit);
    if (!part) return std::nullopt;
    total += *part;
    if (total > k_longest) return std::nullopt;
  }
  return std::chrono::milliseconds{total};
}

std::string to_config_text(std::chrono::milliseconds duration) {
  const std::int64_t total = duration.count();
  if (total == 0) return "0s";
  if (total < 0) return "-" + to_config_text(-duration);
  // `90s` reads better than `1m30s`.
  if (total < k_small) {
    for (const auto& unit : k_units) {
      if (total % unit.milliseconds != 0) continue;
      return fmt::format("{}{}", total / unit.milliseconds, unit.name);
    }
  }
  std::string sum;
  std::int64_t rest = total;
  for (const auto& unit : k_units) {
    if (rest < unit.milliseconds) continue;
    sum += fmt::format("{}{}", rest / unit.milliseconds, unit.name);
    rest %= unit.milliseconds;
  }
  return sum;
}

std::string to_text(std::chrono::milliseconds duration) {
  const std::int64_t total = duration.count();
  if (total < 0) return "-" + to_text(-duration);
  if (total < 1'000) return fmt::format("{} ms", total);
  if (total < 9'950) return fmt::format("{:.1f} s", static_cast<double>(total) / 1'000.0);
  const std::int64_t seconds = (total + 500) / 1'000;
  if (seconds < 60) return fmt::format("{} s", seconds);
  struct Pair {
    std::int64_t large;
    std::int64_t small;
    const char* large_name;
    const char* small_name;
  };
  static constexpr std::array<Pair, 3> k_pairs{
      {{86'400, 3'600, "d", "h"}, {3'600, 60, "h", "min"}, {60, 1, "min", "s"}}};
  for (const auto& pair : k_pairs) {
    if (seconds < pair.large) continue;
    const auto rest = seconds % pair.large / pair.small;
    const auto large = fmt::format("{} {}", seconds / pair.large, pair.large_name);
    return rest == 0 ? large : fmt::format("{} {} {}", large, rest, pair.small_name);
  }
  return {};
}

}  // namespace tidegate
