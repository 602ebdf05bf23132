#include "archive/name.hpp"

#include <fmt/format.h>

#include "base/utc.hpp"

namespace tidegate::archive {
namespace {

constexpr std::string_view k_archive_ending = ".dump";
constexpr std::string_view k_sidecar_ending = ".json";
constexpr std::string_view k_moment_shape = "-YYYYMMDDThhmmssZ";

bool plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (!high || !low) return std::nullopt;
    result += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return result;
}

/// Reads `-20261122T030000Z`, with the letters at the positions of the shape.
std::optional<SystemTime> moment_in(std::string_view text) {
  const auto part = [&](std::size_t at, std::size_t count) {
    return std::string(text.substr(at, count));
  };
  if (text.front() != '-' || text[9] != 'T' || text.back() != 'Z') return std::nullopt;
  return parse_rfc3339(fmt::format("{}-{}-{}T{}:{}:{}Z", part(1, 4), part(5, 2), part(7, 2),
                                   part(10, 2), part(12, 2), part(14, 2)));
}

}  // namespace

std::string encoded(std::string_view database) {
  std::string result;
  for (const char c : database) {
    result += plain(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}

std::string archive_name(std::string_view database, SystemTime taken) {
  return fmt::format("{}-{}Z{}", encoded(database), to_compact(taken), k_archive_ending);
}

std::string sidecar_name(std::string_view archive) {
  archive.remove_suffix(k_archive_ending.size());
  return std::string(archive) + std::string(k_sidecar_ending);
}

std::optional<ParsedName> parse_archive_name(std::string_view name) {
  const auto tail = k_moment_shape.size() + k_archive_ending.size();
  if (name.size() <= tail || !name.ends_with(k_archive_ending)) return std::nullopt;
  const auto head = name.substr(0, name.size() - tail);
  const auto taken = moment_in(name.substr(head.size(), k_moment_shape.size()));
  const auto database = decoded(head);
  if (!taken || !database) return std::nullopt;
  // Each name has exactly one spelling; any other spelling is not tidegate's.
  if (archive_name(*database, *taken) != name) return std::nullopt;
  return ParsedName{*database, *taken};
}

}  // namespace tidegate::archive
